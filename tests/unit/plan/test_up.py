from __future__ import annotations

import pytest
from msgspec.structs import replace

from compose.base.errors import ComposeError
from compose.plan.options import UpOptions
from compose.plan.up import undecided


def lines(plan):
    return str(plan).splitlines()


def kinds(plan):
    return [type(step.operation).__name__ for step in plan.steps]


def test_first_up_creates_everything_and_only_starts_wait(new):
    world = new(web={"depends_on": {"db": {"condition": "service_healthy"}}}, db={})
    assert lines(world.up()) == [
        "[] -> #1 network:default, CreateNetwork, absent",
        "[1] -> #2 service:db:1, CreateContainer, absent",
        "[1] -> #3 service:web:1, CreateContainer, absent",
        "[2] -> #4 service:db:1, StartContainer, absent",
        "[4] -> #5 service:db, WaitCondition, dependency",
        "[3,5] -> #6 service:web:1, StartContainer, absent",
    ]


def test_nothing_to_do_when_everything_is_there(up):
    world = up(web={"depends_on": {"db": {}}}, db={"scale": 2})
    plan = world.up()
    assert plan.steps == ()
    assert [one.resource for one in plan.unchanged] == ["Container shop-db-1", "Container shop-db-2", "Container shop-web-1"]


def test_a_healthy_dependency_needs_no_wait_but_another_one_does(up):
    world = up(web={"depends_on": {"db": {"condition": "service_healthy"}}}, db={})
    assert lines(world.up()) == ["[] -> #1 service:db, WaitCondition, dependency"]
    world.containers = [replace(one, health="healthy") for one in world.containers]
    assert lines(world.up()) == []


def test_create_makes_everything_and_starts_nothing(new):
    world = new(web={"depends_on": {"db": {}}}, db={})
    assert kinds(world.up(start=False)) == ["CreateNetwork", "CreateContainer", "CreateContainer"]


def test_create_replaces_without_starting(up):
    world = up(web={})
    world.service("web", command=["sleep", "9"])
    assert kinds(world.up(start=False)) == ["CreateContainer", "StopContainer", "RemoveContainer", "RenameContainer"]


@pytest.mark.parametrize("state", ["created", "exited"])
def test_containers_that_do_not_run_are_started(up, state):
    world = up(web={})
    world.containers = [replace(one, state=state) for one in world.containers]
    assert lines(world.up()) == ["[] -> #1 service:web:1, StartContainer, not-running"]
    assert lines(world.up(start=False)) == []


def test_a_restarting_container_is_left_to_the_engine(up):
    world = up(web={})
    world.containers = [replace(one, state="restarting") for one in world.containers]
    assert lines(world.up()) == []


def test_a_paused_container_goes_on(up):
    world = up(web={})
    world.containers = [replace(one, state="paused") for one in world.containers]
    assert lines(world.up()) == ["[] -> #1 service:web:1, UnpauseContainer, paused"]


def test_a_container_that_is_being_removed_counts_as_gone(up):
    world = up(web={})
    world.containers = [replace(one, state="removing") for one in world.containers]
    assert kinds(world.up()) == ["CreateContainer", "StartContainer"]


def test_wait_asks_for_every_service_that_is_not_ready_yet(up):
    world = up(web={"depends_on": {"job": {"condition": "service_completed_successfully"}}}, job={}, db={})
    world.containers = [replace(one, state="exited", exit_code=0) if one.service == "job" else one for one in world.containers]
    plan = world.up(wait=True, wait_timeout=5.0)
    assert lines(plan) == [
        "[] -> #1 service:job:1, StartContainer, not-running",
        "[1] -> #2 service:job, WaitCondition, dependency",
        "[1] -> #3 service:job, WaitCondition, wait",
    ]
    waits = [step.operation for step in plan.steps[1:]]
    assert [(wait.condition, wait.dependant, wait.timeout) for wait in waits] == [
        ("service_completed_successfully", "web", 5.0),
        ("service_completed_successfully", "", 5.0),
    ]


def test_wait_lets_jobs_end_unless_told_otherwise(new):
    world = new(web={})
    assert world.up(wait=True).steps[-1].operation.exit_ok
    assert not world.up(wait=True, exit_ok=False).steps[-1].operation.exit_ok


def test_a_job_that_ended_well_runs_again_unless_it_may_rest(up):
    world = up(web={"depends_on": {"job": {"condition": "service_completed_successfully"}}}, job={})
    world.containers = [replace(one, state="exited", exit_code=0) if one.service == "job" else one for one in world.containers]
    assert kinds(world.up()) == ["StartContainer", "WaitCondition"]
    plan = world.up(jobs="keep")
    assert plan.steps == ()
    assert (plan.unchanged[0].resource, plan.unchanged[0].action) == ("Container shop-job-1", "Exited")


def test_a_job_that_failed_runs_again_in_any_case(up):
    world = up(web={"depends_on": {"job": {"condition": "service_completed_successfully"}}}, job={})
    world.containers = [replace(one, state="exited", exit_code=1) if one.service == "job" else one for one in world.containers]
    assert kinds(world.up(jobs="keep")) == ["StartContainer", "WaitCondition"]


def test_an_optional_dependency_may_fail(new):
    world = new(web={"depends_on": {"db": {"condition": "service_healthy", "required": False}}}, db={})
    plan = world.up()
    wait, start = plan.steps[-2], plan.steps[-1]
    assert wait.optional
    assert not wait.operation.required
    assert str(start) == "[3,4?,5?] -> #6 service:web:1, StartContainer, absent"


def test_only_named_services_and_what_they_need_are_touched(new):
    world = new(web={"depends_on": {"db": {}}}, db={}, other={})
    assert {step.address.key for step in world.up(services=("web",)).steps} == {"default", "db", "web"}
    assert {step.address.key for step in world.up(services=("web",), no_deps=True).steps} == {"default", "web"}


def test_a_dependency_with_no_replicas_is_not_waited_for(new):
    world = new(web={"depends_on": {"db": {"condition": "service_healthy"}}}, db={"scale": 0})
    assert kinds(world.up()) == ["CreateNetwork", "CreateContainer", "StartContainer"]


def test_hooks_run_around_the_start(new):
    hooks = {"pre_start": [{"command": ["a"]}, {"command": ["b"]}], "post_start": [{"command": ["c"]}]}
    world = new(web={**hooks, "scale": 2}, proxy={"depends_on": {"web": {}}})
    assert lines(world.up())[4:] == [
        "[1,2] -> #5 service:web:1, RunHook, hook",
        "[5] -> #6 service:web:1, RunHook, hook",
        "[2,6] -> #7 service:web:1, StartContainer, absent",
        "[7] -> #8 service:web:1, RunHook, hook",
        "[3,6] -> #9 service:web:2, StartContainer, absent",
        "[9] -> #10 service:web:2, RunHook, hook",
        "[4,7,8,9,10] -> #11 service:proxy:1, StartContainer, absent",
    ]


def test_pre_start_hooks_do_not_run_while_a_replica_runs(up):
    world = up(web={"pre_start": [{"command": ["a"]}]})
    assert "RunHook" not in kinds(world.up(scale={"web": 2}))


def test_a_hook_per_replica_is_refused_in_the_peers_words(new):
    world = new(web={"pre_start": [{"command": ["a"]}, {"command": ["b"], "per_replica": True}]})
    with pytest.raises(ComposeError, match=r'service "web" pre_start\[1\]: per_replica is not yet supported; remove'):
        world.up()


def test_files_without_a_source_file_are_copied_before_each_start(new):
    world = new(web={"configs": [{"source": "settings"}]})
    world.top("configs", settings={"content": "x = 1"})
    assert lines(world.up()) == [
        "[] -> #1 network:default, CreateNetwork, absent",
        "[1] -> #2 service:web:1, CreateContainer, absent",
        "[2] -> #3 service:web:1, CopyFiles, before-start",
        "[2,3] -> #4 service:web:1, StartContainer, absent",
    ]
    world.network()
    world.container("web", state="exited")
    assert kinds(world.up()) == ["CopyFiles", "StartContainer"]


def test_replicas_that_share_a_range_of_ports_start_in_turn(new):
    ports = [{"target": 80, "published": "8000-8001", "protocol": "tcp"}]
    world = new(web={"ports": ports, "scale": 2})
    assert lines(world.up())[-2:] == [
        "[2] -> #4 service:web:1, StartContainer, absent",
        "[3,4] -> #5 service:web:2, StartContainer, absent",
    ]


def test_a_provider_comes_before_what_needs_it(new):
    world = new(web={"depends_on": {"cloud": {}}}, cloud={"provider": {"type": "model"}})
    assert lines(world.up()) == [
        "[] -> #1 network:default, CreateNetwork, absent",
        "[] -> #2 provider:cloud, RunProvider, provider",
        "[1,2] -> #3 service:web:1, CreateContainer, absent",
        "[2,3] -> #4 service:web:1, StartContainer, absent",
    ]


def test_unknown_services_cannot_be_scaled(new):
    with pytest.raises(ComposeError, match="no such service: nope"):
        new(web={}).up(scale={"nope": 2})


def test_a_fixed_container_name_allows_one_replica(new):
    with pytest.raises(ComposeError, match="Remove the custom name to scale the service"):
        new(web={"container_name": "mine"}).up(scale={"web": 2})


def test_bindings_to_containers_that_stay_are_filled_in(up):
    world = up(db={})
    world.service("web", network_mode="service:db", depends_on={"db": {"restart": True}})
    create = world.up().steps[0].operation
    assert create.body["HostConfig"]["NetworkMode"] == f"container:{world.containers[0].id}"
    assert create.bindings == ()
    world.container("web", config_hash=create.body["Labels"]["com.docker.compose.config-hash"])
    assert world.up().steps == ()


def test_bindings_to_containers_that_are_made_wait_for_them(new):
    world = new(web={"network_mode": "service:db", "depends_on": {"db": {"restart": True}}}, db={})
    plan = world.up()
    assert lines(plan)[2] == "[2] -> #3 service:web:1, CreateContainer, absent"
    assert [binding.service for binding in plan.steps[2].operation.bindings] == ["db"]


def test_sharing_with_a_service_that_has_no_container_is_refused(up):
    world = up(db={}, web={"volumes_from": ["db"]})
    world.containers = [one for one in world.containers if one.service == "web"]
    with pytest.raises(ComposeError, match="cannot share volume with service db: container missing"):
        world.up(services=("web",), no_deps=True)


def test_links_name_the_containers_that_will_be_there(new):
    world = new(web={"links": ["db:database"], "depends_on": {"db": {"restart": True}}}, db={"scale": 2})
    plan = world.up()
    web = next(step for step in plan.steps if step.address.key == "web")
    assert {"2", "3"} <= set(web.after)
    assert "shop-db-2:database" in web.operation.body["NetworkingConfig"]["EndpointsConfig"]["shop_default"]["Links"]


def test_undecided_containers_are_those_whose_label_settles_nothing(up):
    world = up(web={}, db={}, app={"network_mode": "service:db", "depends_on": {"db": {"restart": True}}})
    assert undecided(world.project, world.observed, UpOptions()) == ()
    world.service("db", command=["x"])
    ids = {one.service: one.id for one in world.containers}
    assert undecided(world.project, world.observed, UpOptions()) == (ids["db"],)
    assert undecided(world.project, world.observed, UpOptions(force_recreate=True)) == ()
    assert undecided(world.project, world.observed, UpOptions(no_recreate=True)) == ()
    assert set(undecided(world.project, world.observed, UpOptions(drift=True))) == set(ids.values())


@pytest.mark.parametrize(
    ("service", "options", "starts"),
    [
        ({}, {}, True),
        ({}, {"resting": True}, False),
        ({"restart": "unless-stopped"}, {"resting": True}, True),
        ({}, {"resting": True, "stopped": True}, True),
    ],
)
def test_what_ended_by_itself_rests_when_the_project_is_kept(up, service, options, starts):
    world = up(web=service)
    world.containers = [replace(one, state="exited", exit_code=0) for one in world.containers]
    if options.pop("stopped", False):
        options["stopped"] = frozenset(one.id for one in world.containers)
    assert bool(world.up(**options).steps) is starts
