from __future__ import annotations

import base64
import json
from hashlib import sha256

import pytest

from compose.base.errors import ComposeError
from compose.base.reference import parse_reference
from compose.build import registry as registries
from compose.build.registry import Credentials, Registry, credentials_of
from tests.registry_server import PASSWORD, TOKEN, USER, RegistryServer

LOGIN = Credentials(username=USER, password=PASSWORD)
ABSENT = f"sha256:{'0' * 64}"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(registries, "_PAUSES", (0, 0))


@pytest.fixture
def server():
    with RegistryServer() as server:
        yield server


def repository(server, login=None, name="me/app"):
    return Registry(parse_reference(f"{server.host}/{name}:1"), login)


def error(function, *arguments):
    with pytest.raises(ComposeError) as caught:
        function(*arguments)
    return caught.value.diagnostics[0]


def test_a_manifest_by_tag_and_by_digest(server):
    digest = server.put("me/app", "1", b"{}", "application/x")
    found = repository(server)
    assert found.resolve("1") == digest
    assert found.manifest("1") == (digest, "application/x", b"{}")
    assert found.manifest(digest).content == b"{}"


def test_a_blob_is_uploaded_once(server):
    found = repository(server)
    digest = found.put_blob(b"content")
    assert digest == f"sha256:{sha256(b'content').hexdigest()}"
    assert found.blob(digest, 7) == b"content"
    assert found.put_blob(b"content") == digest
    assert sum(method == "PUT" for method, *_ in server.requests) == 1


def test_a_blob_is_taken_over_from_another_repository(server):
    digest = repository(server, name="other").put_blob(b"x")
    found = repository(server)
    assert found.mount_blob(digest, "other")
    assert found.has_blob(digest)
    assert not found.mount_blob(ABSENT, "other")


def test_a_manifest_is_uploaded(server):
    digest = repository(server).put_manifest("1", b"{}", "application/x")
    assert server.manifests["me/app", "1"] == (digest, "application/x", b"{}")


@pytest.mark.parametrize("auth", ["basic", "token"])
def test_a_login_is_used_when_the_registry_asks_for_it(auth):
    with RegistryServer(auth=auth) as server:
        digest = server.put("me/app", "1", b"{}")
        found = repository(server, LOGIN)
        assert found.resolve("1") == digest
        found.put_blob(b"x")


def test_an_identity_token_is_exchanged():
    with RegistryServer(auth="token") as server:
        server.put("me/app", "1", b"{}")
        repository(server, Credentials(token=TOKEN)).manifest("1")


@pytest.mark.parametrize("auth", ["basic", "token"])
@pytest.mark.parametrize("login", [None, Credentials(username=USER, password="wrong")])
def test_who_is_not_let_in_is_told_where_to_log_in(auth, login):
    with RegistryServer(auth=auth) as server:
        server.put("me/app", "1", b"{}")
        found = error(repository(server, login).manifest, "1")
        assert found.code == "registry-denied"
        assert found.hint == f"log in with `docker login {server.host}`"
        assert "wrong" not in repr(found)


def test_what_is_not_there_is_named(server):
    found = error(repository(server).manifest, "2")
    assert found.code == "registry-not-found"
    assert f"`{server.host}/me/app:1`: manifest unknown" in found.summary


def test_nobody_listens():
    with RegistryServer() as server:
        pass
    found = error(repository(server).manifest, "1")
    assert found.code == "registry-unreachable"
    assert "refused" in found.summary


def test_an_answer_that_is_cut_in_the_middle(server):
    server.fault("GET", "cut", times=9)
    found = error(repository(server).manifest, "1")
    assert found.code == "registry-unreachable"
    assert "the connection was cut in the middle" in found.summary


def test_an_answer_that_never_ends_is_not_read_to_its_end(server, monkeypatch):
    server.put("me/app", "1", bytes(1000))
    monkeypatch.setattr(registries, "LARGEST_MANIFEST", 100)
    found = repository(server)
    digest = found.put_blob(b"x" * 1000)
    assert error(found.blob, digest, 10).code == "registry-unreachable"


def test_content_that_is_not_what_was_asked_for(server):
    server.manifests["me/app", ABSENT] = (ABSENT, "application/x", b"{}")
    assert error(repository(server).manifest, ABSENT).code == "registry-corrupt"
    server.blobs["me/app", ABSENT] = b"x"
    assert error(repository(server).blob, ABSENT, 1).code == "registry-corrupt"


def test_what_may_pass_is_tried_again(server):
    server.put("me/app", "1", b"{}")
    server.fault("GET .*manifests", 429)
    server.fault("GET .*manifests", 503)
    assert repository(server).manifest("1").content == b"{}"


def test_what_does_not_pass_is_told(server):
    server.fault("GET .*manifests", 503, times=9)
    found = error(repository(server).manifest, "1")
    assert (found.code, "stumbled" in found.summary) == ("registry-refused", True)


def test_plain_http_is_for_loopback_and_who_asks_for_it(monkeypatch):
    asked = []

    def refuse(self, request):
        asked.append(self._url(request.what).partition("/")[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(Registry, "_send", refuse)
    for host, insecure, expected in (
        ("host.test", False, ["https:"]),
        ("host.test", True, ["https:", "http:"]),
        ("localhost:5000", False, ["https:", "http:"]),
        ("127.0.0.1.host.test", False, ["https:"]),
    ):
        asked.clear()
        error(Registry(parse_reference(f"{host}/a"), insecure=insecure).resolve, "1")
        assert asked == expected


def header(**told):
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def test_logins_come_from_the_engines_header():
    assert credentials_of(header(username="a", password="b", serveraddress="x")) == Credentials(username="a", password="b")
    assert credentials_of(header(identitytoken="t").rstrip("=")) == Credentials(token="t")
    assert credentials_of(header(IdentityToken="t")) == Credentials(token="t")
    assert credentials_of(header()) is None
    assert credentials_of("") is None
