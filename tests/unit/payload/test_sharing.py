from __future__ import annotations

from compose.model.service import Service
from compose.payload.hash import service_hash
from compose.payload.sharing import hash_with_ids, with_ids

SHARING = Service(name="web", network_mode="service:db", pid="service:db", ipc="service:other", volumes_from=("db:ro", "data"))


def test_references_become_ids():
    found = with_ids(SHARING, {"db": "123", "data": "456"})
    assert (found.network_mode, found.pid, found.ipc) == ("container:123", "container:123", "service:other")
    assert found.volumes_from == ("123", "456")


def test_a_service_without_references_stays_as_it_is():
    service = Service(name="web", network_mode="host", volumes_from=("container:x",))
    assert with_ids(service, {"x": "1"}) == service


def test_the_hash_is_that_of_the_service_with_ids():
    assert hash_with_ids(SHARING, {"db": "1"}) == service_hash(with_ids(SHARING, {"db": "1"})) != service_hash(SHARING)
