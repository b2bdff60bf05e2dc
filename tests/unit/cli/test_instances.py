from __future__ import annotations

import json

import pytest

from compose.commands import addresses, env, gc, ls, ps, up
from compose.commands.addresses import PortAddress
from compose.commands.gc import GcOptions
from compose.commands.stay import Stay
from compose.plan.collect import plan_gc
from compose.plan.plan import Plan
from compose.state.lease import Lease, Leased

WEB = PortAddress(service="web", number=1, private=80, protocol="tcp", host="127.0.0.1", port=20080, scheme="http")
DEAD = Leased(kind="volume", id="v", name="t_v", project="t", lease=Lease(expires=1.0))


@pytest.fixture
def asked(monkeypatch):
    """Replace a use case; the list has its session and arguments for each call."""
    calls = []

    def replace(module, name, result):
        monkeypatch.setattr(module, name, lambda *arguments, **named: calls.append((*arguments, named)) or result)
        return calls

    return replace


@pytest.mark.parametrize("arguments", [("--instance", "b", "ps"), ("ps", "--instance", "b"), ("ps", "-a", "--instance=b")])
def test_the_instance_may_stand_before_and_after_the_command(compose, asked, arguments):
    calls = asked(ps, "ps", ())
    assert compose(*arguments).code == 0
    assert calls[0][0].options.instance == "b"


def test_the_instance_of_a_planned_command(compose, asked):
    calls = asked(up, "up", Plan(project="p", command="up"))
    assert compose("plan", "up", "--instance", "b").code == 0
    assert calls[0][0].options.instance == "b"


def test_what_follows_the_service_of_run_belongs_to_its_command(compose):
    assert "unknown flag" not in compose("run", "--instance", "b", "web", "x", "--instance").err


def test_an_invalid_instance_is_refused_with_a_hint(compose, tmp_path):
    (tmp_path / "compose.yaml").write_text("services: {a: {image: i}}")
    result = compose("config", "--instance", "My Copy")
    assert result.code == 1
    assert 'invalid instance name "My Copy"' in result.err
    assert "`mycopy` would do" in result.err


def test_config_shows_the_copy(compose, tmp_path):
    (tmp_path / "compose.yaml").write_text("name: shop\nservices: {a: {image: i, container_name: one, ports: ['80:80']}}")
    state = str(tmp_path / "state")
    once, again, other = (
        json.loads(compose("config", "--format", "json", XDG_STATE_HOME=state, COMPOSE_INSTANCE=name).out) for name in "bbc"
    )
    assert once == again
    assert (once["name"], other["name"]) == ("shop-b", "shop-c")
    assert "container_name" not in once["services"]["a"]
    ports = {project["services"]["a"]["ports"][0]["published"] for project in (once, other)}
    assert len(ports) == 2
    assert "80" not in ports


@pytest.mark.parametrize(
    ("arguments", "stay"),
    [(("--ttl", "2h"), Stay(seconds=7200.0)), (("--ttl", "0"), Stay(seconds=0.0)), (("--owner", "7"), Stay(owner=7))],
)
def test_how_long_a_project_stays(compose, asked, arguments, stay):
    calls = asked(up, "up", Plan(project="p", command="up"))
    assert compose("up", "-d", *arguments).code == 0
    assert calls[0][-1]["stay"] == stay


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ttl", "soon"), 'invalid value "soon" for --ttl'),
        (("--ttl", "-1h"), 'invalid value "-1h" for --ttl'),
        (("--ttl", "1h", "--owner", "1"), "--ttl cannot be combined with --owner"),
        (("--open", "--no-start"), "--open cannot be combined with --no-start"),
    ],
)
def test_flags_of_up_that_make_no_sense(compose, arguments, message):
    assert message in compose("up", *arguments).err


def test_url(compose, asked):
    calls = asked(addresses, "address", WEB)
    assert compose("url", "web").out == "http://127.0.0.1:20080\n"
    assert json.loads(compose("url", "web", "80/tcp", "--format", "json", "--index", "2").out)["url"] == "http://127.0.0.1:20080"
    assert [call[1:-1] for call in calls] == [("web", 0, "tcp", 0), ("web", 80, "tcp", 2)]


@pytest.mark.parametrize("port", ["x", "0", "65536", "-", "/tcp"])
def test_url_of_no_port(compose, port):
    assert compose("url", "web", port).code == 1


@pytest.mark.parametrize(("form", "line"), [("", "export WEB_PORT=20080"), ("dotenv", "WEB_PORT=20080")])
def test_env(compose, asked, form, line):
    asked(addresses, "addresses", (WEB,))
    assert line in compose("env", f"--format={form}").out.splitlines()
    assert json.loads(compose("env", "--format", "json").out) == env.variables((WEB,))


def test_gc(compose, asked):
    calls = asked(gc, "gc", plan_gc([DEAD], {"t": "its time was over 5 s ago"}))
    assert compose("gc", "t", "--any-host").out == "Volume t_v: its time was over 5 s ago\n"
    assert json.loads(compose("gc", "--format", "json").out) == [
        {"kind": "volume", "name": "t_v", "why": "its time was over 5 s ago"}
    ]
    assert calls[0][1] == GcOptions(projects=("t",), any_host=True)


def test_ls_has_no_column_for_instances_where_there_are_none(compose, asked):
    asked(ls, "ls", {})
    assert "INSTANCE" not in compose("ls").out
