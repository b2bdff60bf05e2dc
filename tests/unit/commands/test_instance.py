from __future__ import annotations

from types import SimpleNamespace

import pytest

from compose.base.errors import ComposeError
from compose.commands import instance
from compose.commands.instance import numbers, tell
from compose.commands.session import GlobalOptions
from compose.load import allot
from compose.load.isolation import Change, Isolated, Shared, Wanted
from compose.model.project import Project

WEB = Wanted(key="port/80", kind="port")
NET = Wanted(key="subnet/n/0", kind="subnet", subnet="172.30.0.0/24")
NETWORKS = [{"IPAM": {"Config": [{"Subnet": "10.64.0.0/11"}]}}, {"IPAM": {"Config": None}}]


@pytest.fixture
def session(tmp_path):
    """What is needed of a session."""

    def make(**options):
        said = []
        return SimpleNamespace(
            options=GlobalOptions(**options),
            environ={"XDG_STATE_HOME": str(tmp_path)},
            clock=SimpleNamespace(now=lambda: 1000.0),
            engine=SimpleNamespace(call=lambda _call: NETWORKS),
            isolated=None,
            said=said,
            warn=lambda *diagnostics: said.extend(diagnostics),
        )

    return make


@pytest.fixture(autouse=True)
def free(monkeypatch):
    """The ports of this machine that are in use."""
    taken = set()
    monkeypatch.setattr(instance, "is_free", lambda port: port not in taken)
    return taken


def test_a_copy_keeps_what_it_was_given_also_when_that_is_in_use(session, free):
    first = numbers(session(), "shop-a", (WEB,))
    free.add(int(first["port/80"]))
    assert numbers(session(), "shop-a", (WEB,)) == first


def test_two_copies_never_get_the_same(session, monkeypatch):
    monkeypatch.setattr(allot, "PORTS", range(20000, 20003))
    found = {numbers(session(), name, (WEB,))["port/80"] for name in "abc"}
    assert len(found) == 3
    with pytest.raises(ComposeError, match="no 1 free host ports"):
        numbers(session(), "d", (WEB,))


def test_ports_in_use_are_not_given(session, free):
    first = int(numbers(session(dry_run=True), "a", (WEB,))["port/80"])
    free.add(first)
    assert int(numbers(session(), "a", (WEB,))["port/80"]) != first


def test_subnets_of_the_engine_are_not_given(session):
    assert numbers(session(), "a", (NET,))["subnet/n/0"].startswith(("10.96.", "10.1"))


def test_a_dry_run_keeps_nothing(session, tmp_path):
    numbers(session(dry_run=True), "a", (WEB,))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_changed_by_others_is_an_error(session, tmp_path):
    numbers(session(), "a", (WEB,))
    (tmp_path / "compose-reconciler" / "instances.json").write_text("{")
    with pytest.raises(ComposeError, match=r"instances\.json` cannot be understood"):
        numbers(session(), "a", (WEB,))


def isolated(*changes):
    project = Project(name="shop-a", directory="/", instance="a", labels={"io.compose-reconciler.instance-of": "shop"})
    return Isolated(project=project, changes=changes, shared=(Shared(path=("networks", "x"), what="the external network x"),))


def test_differences_are_told_once(session):
    change = Change(path=("services", "web", "ports", 0), old="80", new="20000")
    for found, count in ((isolated(change), 2), (isolated(change), 0), (isolated(), 2)):
        one = session()
        one.isolated = found
        tell(one)
        assert len(one.said) == count
    assert one.said[0].summary == "instance `a` of `shop` is project `shop-a`"
    assert one.said[1].detail == "networks.x: the external network x"
