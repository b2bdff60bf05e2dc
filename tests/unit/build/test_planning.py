from __future__ import annotations

from compose.build.planning import BuildOptions, PushOptions, plan_build, plan_push
from compose.model.build import Build
from compose.model.project import Project
from compose.model.service import Service, ServiceDependency


def project(*, disabled=(), **services):
    made = {name: Service(name=name, **fields) for name, fields in services.items()}
    return Project(
        name="shop",
        directory="/src",
        services={name: service for name, service in made.items() if name not in disabled},
        disabled={name: made[name] for name in disabled},
    )


def inline(text, **build):
    return {"build": Build(context="/", dockerfile_inline=text, **build)}


def built(plan):
    return [(step.id, step.operation.service, step.after) for step in plan.steps]


def test_all_services_with_a_build_section_are_built():
    plan = plan_build(project(web=inline("FROM a"), db={"image": "postgres"}, api=inline("FROM b")), BuildOptions())
    assert built(plan) == [("1", "web", ()), ("2", "api", ())]
    assert plan.steps[0].operation.tags == ("shop-web",)
    assert plan.steps[0].resource == "Image shop-web"
    assert plan.steps[0].operation.every_platform


def test_named_services_and_their_dependencies_on_request():
    shop = project(
        web={**inline("FROM a"), "depends_on": {"db": ServiceDependency()}}, db=inline("FROM b"), other=inline("FROM c")
    )
    assert [step.operation.service for step in plan_build(shop, BuildOptions(services=("web",))).steps] == ["web"]
    found = plan_build(shop, BuildOptions(services=("web",), with_dependencies=True))
    assert [step.operation.service for step in found.steps] == ["web", "db"]


def test_unknown_names_build_nothing():
    assert plan_build(project(web=inline("FROM a")), BuildOptions(services=("nope",))).steps == ()


def test_the_command_s_settings_are_in_every_step():
    options = BuildOptions(
        no_cache=True, pull=True, push=True, check=True, memory=5, args={"A": "1"}, ssh=("default",), builder="b"
    )
    (step,) = plan_build(project(web=inline("FROM a")), options).steps
    found = step.operation
    assert (found.no_cache, found.pull, found.push, found.check, found.memory) == (True, True, True, True, 5)
    assert (found.args, found.ssh, found.builder) == ({"A": "1"}, ("default",), "b")


def test_services_that_files_are_taken_from_are_built_before_also_when_no_profile_enables_them():
    shop = project(
        disabled=("base",), web=inline("FROM a", additional_contexts={"b": "service:base", "c": "/x"}), base=inline("FROM b")
    )
    plan = plan_build(shop, BuildOptions(services=("web",)))
    assert built(plan) == [("1", "base", ()), ("2", "web", ("1",))]
    assert plan.steps[0].reason.code == "build-context"


def test_a_build_waits_for_the_one_that_makes_its_base_image():
    shop = project(web=inline("ARG V\nFROM me/base:$V", args={"V": "2"}), base={**inline("FROM b"), "image": "me/base:2"})
    assert built(plan_build(shop, BuildOptions())) == [("1", "web", ("2",)), ("2", "base", ())]


def test_builds_that_start_from_each_other_do_not_wait_in_a_circle():
    shop = project(a=inline("FROM shop-b"), b=inline("FROM shop-a"))
    assert built(plan_build(shop, BuildOptions())) == [("1", "a", ("2",)), ("2", "b", ())]


def test_a_dockerfile_that_cannot_be_read_is_left_to_its_build(tmp_path):
    shop = project(
        a={"build": Build(context=str(tmp_path))}, b=inline("FROM x"), c={"build": Build(context="https://h.test/a.git")}
    )
    assert built(plan_build(shop, BuildOptions())) == [("1", "a", ()), ("2", "b", ()), ("3", "c", ())]


def test_equal_builds_are_one_step():
    plan = plan_build(project(a=inline("FROM x"), b=inline("FROM x", tags=("t",))), BuildOptions())
    (step,) = plan.steps
    assert step.operation.tags == ("shop-a", "shop-b", "t")
    assert step.operation.services == ("a", "b")


def test_pushed_is_what_has_a_build_section_and_a_name():
    shop = project(
        web={**inline("FROM a", tags=("host.test/web:2", "host.test/web")), "image": "host.test/web"},
        nameless=inline("FROM a"),
        db={"image": "postgres"},
    )
    plan = plan_push(shop, PushOptions(ignore_failures=True))
    assert [(step.operation.reference, step.optional) for step in plan.steps] == [
        ("host.test/web", True),
        ("host.test/web:2", True),
    ]
    assert [(one.resource, one.action) for one in plan.unchanged] == [("nameless", "Skipped"), ("db", "Skipped")]


def test_an_image_of_several_services_is_pushed_once():
    same = {**inline("FROM a"), "image": "host.test/web"}
    (step,) = plan_push(project(web=same, worker=same), PushOptions()).steps
    assert step.operation.services == ("web", "worker")
