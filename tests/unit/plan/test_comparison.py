from __future__ import annotations

from msgspec.structs import replace

from compose.base import labels
from compose.base.place import Span
from compose.payload.container import render_container
from compose.plan.plan import Reason

SPAN = Span(file="compose.yaml", line=2, column=1, end_line=2, end_column=2)


def taken_over(up, config_hash="of-another-tool", **config):
    """A world whose container another tool made: its inspect is what the file asks for, but for `config`."""
    world = up(web={"environment": {"DEBUG": "1"}})
    (one,) = world.containers
    body = render_container(world.project, world.project.services["web"], 1, world.facts).body
    rest = {key: value for key, value in body.items() if key not in {"HostConfig", "NetworkingConfig"}}
    own = {key: value for key, value in one.labels.items() if key != labels.VERSION}
    inspect = {
        "Id": one.id,
        "Name": f"/{one.name}",
        "Config": rest | {"Labels": own, "Hostname": one.id[:12]} | config,
        "HostConfig": body["HostConfig"],
        "Mounts": [],
        "NetworkSettings": {"Networks": body["NetworkingConfig"]["EndpointsConfig"]},
    }
    label = config_hash or one.config_hash
    world.containers = [replace(one, config_hash=label, labels=own, inspect=inspect)]
    return world


def test_a_container_of_another_tool_is_taken_over_when_it_is_what_the_file_asks_for(up):
    assert taken_over(up).up().steps == ()


def test_a_container_of_another_tool_is_recreated_for_named_fields(up):
    plan = taken_over(up, Env=["DEBUG=0"]).up()
    reason = plan.steps[0].reason
    assert reason.code == "config-changed"
    assert [(change.path, change.old, change.new) for change in reason.changes] == [("services.web.environment.DEBUG", "0", "1")]
    assert reason.changes[0].span is not None


def test_without_its_details_the_label_decides(up):
    world = taken_over(up)
    world.containers = [replace(one, inspect=None) for one in world.containers]
    assert world.up().steps[0].reason == Reason(code="config-changed", text="its configuration changed", span=SPAN)


def test_drift_is_looked_for_on_request_only(up):
    world = taken_over(up, config_hash="", Env=["DEBUG=0"])
    assert world.up().steps == ()
    reason = world.up(drift=True).steps[0].reason
    assert (reason.code, reason.text) == ("drifted", "it was changed behind our back")
    assert [change.path for change in reason.changes] == ["services.web.environment.DEBUG"]


def test_a_container_without_drift_stays(up):
    assert taken_over(up, config_hash="").up(drift=True).steps == ()
