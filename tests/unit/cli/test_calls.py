"""What each command asks of its use case."""

from __future__ import annotations

import importlib
import json
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from compose.base.address import Address
from compose.base.events import LogLine
from compose.commands import config as config_use_case
from compose.commands import logs as logs_use_case
from compose.commands.attached import AttachOptions
from compose.commands.logs import LogsOptions
from compose.plan.operation import RemoveNetwork
from compose.plan.options import DownOptions, LifecycleOptions, UpOptions
from compose.plan.plan import Plan, Reason, Step
from compose.state.observed import ContainerState, ImageState, Published, VolumeState
from compose.state.processes import Processes

EMPTY = Plan(project="p", command="x")
STEP = Step(
    id="1",
    address=Address(kind="network", key="default"),
    resource="Network p_default",
    operation=RemoveNetwork(key="default", name="p_default", id="1"),
    reason=Reason(code="asked"),
)


@pytest.fixture
def called(monkeypatch):
    """Replace a function of a command's module and note the arguments after the session."""
    calls = []

    def replace(module, name, result):
        loaded = importlib.import_module(module)

        def stand_in(_session, *arguments, **named):
            calls.append((*arguments, *named.items()))
            return result

        monkeypatch.setattr(loaded, name, stand_in)
        return calls

    return replace


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((), DownOptions()),
        (("web", "-v", "-t", "0"), DownOptions(services=("web",), volumes=True, timeout=0)),
        (("--volume", "--rmi=all", "--remove-orphans"), DownOptions(volumes=True, rmi="all", remove_orphans=True)),
    ],
)
def test_down(compose, called, arguments, options):
    calls = called("compose.commands.down", "down", EMPTY)
    assert compose("down", *arguments).code == 0
    assert calls[0][0] == options


def test_down_knows_two_kinds_of_images(compose):
    assert 'invalid value for --rmi: "some"' in compose("down", "--rmi", "some").err


@pytest.mark.parametrize(
    ("arguments", "options", "orphans"),
    [
        (("-d",), UpOptions(), None),
        (("-d", "web", "--no-deps", "--remove-orphans=false"), UpOptions(services=("web",), no_deps=True), False),
        (("--wait", "--wait-timeout", "5"), UpOptions(wait=True, wait_timeout=5.0), None),
        (("-d", "--scale", "web=3", "-t0", "-y"), UpOptions(scale={"web": 3}, timeout=0, assume_yes=True), None),
        (("--no-start", "-V", "--build"), UpOptions(start=False, renew_anon_volumes=True, build=True), None),
        (
            ("-d", "--force-recreate", "--always-recreate-deps", "--pull=always", "--quiet-pull"),
            UpOptions(force_recreate=True, always_recreate_deps=True, pull="always", quiet_pull=True),
            None,
        ),
        (("-d", "--no-recreate", "--no-build"), UpOptions(no_recreate=True, no_build=True), None),
    ],
)
def test_up(compose, called, arguments, options, orphans):
    calls = called("compose.commands.up", "up", EMPTY)
    result = compose("up", *arguments)
    assert (result.code, result.err) == (0, "")
    assert calls == [(replace(options, outdated="tell"), ("remove_orphans", orphans), ("stay", None))]


@pytest.mark.parametrize(
    ("flag", "build", "outdated"),
    [("--build", True, "tell"), ("--build=auto", False, "build"), ("--build=0", False, "tell")],
)
def test_images_are_built_all_or_those_that_are_older_than_their_inputs(compose, called, flag, build, outdated):
    calls = called("compose.commands.up", "up", EMPTY)
    assert compose("create", flag).code == 0
    assert [(options.build, options.outdated) for options, *_ in calls] == [(build, outdated)]


def test_create_is_up_without_starting(compose, called):
    calls = called("compose.commands.up", "up", EMPTY)
    assert compose("create", "web", "--scale=web=2", "--pull", "never", "-y").code == 0
    options = UpOptions(command="create", services=("web",), scale={"web": 2}, pull="never", start=False, assume_yes=True)
    options = replace(options, outdated="tell")
    assert calls == [(options, ("remove_orphans", None))]


def test_scale_is_up_of_the_named_services(compose, called):
    calls = called("compose.commands.up", "up", EMPTY)
    assert compose("scale", "web=3", "db=0", "--no-deps").code == 0
    assert calls == [(UpOptions(command="scale", services=("web", "db"), scale={"web": 3, "db": 0}, no_deps=True),)]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("web", "invalid scale specifier: web"),
        ("=2", "invalid scale specifier: =2"),
        ("web=x", "invalid scale specifier: can't parse replica value as int: web=x"),
        ("web=-1", "invalid scale specifier: can't parse replica value as int: web=-1"),
    ],
)
def test_scale_wants_numbers(compose, target, message):
    assert message in compose("scale", target).err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--build", "--no-build"), "--build and --no-build are incompatible"),
        (("--build=auto", "--no-build"), "--build and --no-build are incompatible"),
        (("--build=soon",), 'invalid argument "soon" for "--build" flag'),
        (("--no-recreate", "-V"), "--no-recreate and --renew-anon-volumes are incompatible"),
        (("--no-recreate", "--force-recreate"), "--force-recreate and --no-recreate are incompatible"),
        (("--no-recreate", "--always-recreate-deps"), "--always-recreate-deps and --no-recreate are incompatible"),
        (("--wait-timeout", "-1"), "--wait-timeout must be a non-negative integer"),
    ],
)
def test_contradictions_are_found_before_anything_is_read(compose, arguments, message):
    result = compose("up", "-d", *arguments)
    assert result.code == 1
    assert message in result.err
    assert "no configuration file" not in result.err


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("start", "web", "--wait", "--wait-timeout=3"), LifecycleOptions(services=("web",), wait=True, wait_timeout=3.0)),
        (("stop", "-t", "3"), LifecycleOptions(timeout=3)),
        (("restart", "--no-deps", "-t3", "a", "b"), LifecycleOptions(services=("a", "b"), no_deps=True, timeout=3)),
        (("kill",), LifecycleOptions(signal="SIGKILL")),
        (("kill", "-s", "HUP", "--remove-orphans"), LifecycleOptions(signal="HUP", remove_orphans=True)),
        (("pause", "web"), LifecycleOptions(services=("web",))),
        (("unpause",), LifecycleOptions()),
        (("rm", "-fsv", "-a"), LifecycleOptions(force=True, stop=True, volumes=True)),
    ],
)
def test_life_cycle(compose, called, arguments, options):
    calls = called("compose.cli.commands.lifecycle", "lifecycle", SimpleNamespace(plan=EMPTY))
    assert compose(*arguments).code == 0
    assert calls == [(arguments[0], options)]


CONTAINERS = (
    ContainerState(id="b" * 64, name="p-web-1", service="web", created=1),
    ContainerState(id="a" * 64, name="p-db-1", service="db", created=1),
    ContainerState(id="c" * 64, name="p-web-2", service="web", created=1),
)


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (("-q",), f"{'b' * 64}\n{'a' * 64}\n{'c' * 64}\n"),
        (("--services",), "web\ndb\n"),
        (("--format", "{{.Name}}"), "p-web-1\np-db-1\np-web-2\n"),
        (("--format", "{{.ID}}", "--no-trunc"), f"{'b' * 64}\n{'a' * 64}\n{'c' * 64}\n"),
    ],
)
def test_ps_prints_what_is_asked_for(compose, called, arguments, out):
    called("compose.commands.ps", "ps", CONTAINERS)
    assert compose("ps", *arguments).out == out


def test_ps_takes_the_format_of_the_docker_configuration(compose, called, tmp_path):
    called("compose.commands.ps", "ps", CONTAINERS)
    (tmp_path / "config.json").write_text('{"psFormat": "table {{.Service}}"}')
    assert compose("ps", DOCKER_CONFIG=str(tmp_path)).out.split() == ["SERVICE", "web", "db", "web"]
    assert compose("ps", "--format", "{{.Name}}", DOCKER_CONFIG=str(tmp_path)).out.startswith("p-web-1\n")


def test_ps_of_nothing(compose, called):
    called("compose.commands.ps", "ps", ())
    assert compose("ps").out.split() == ["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"]
    assert compose("ps", "--format", "json").out == ""
    assert compose("ps", "--services").out == "\n"
    assert compose("ps", "-q").out == ""


def test_ps_asks_for_what_the_flags_say(compose, called):
    calls = called("compose.commands.ps", "ps", ())
    compose("ps", "web", "-a", "--filter", "status=running", "--status=paused", "--status", "dead", "--orphans=false")
    options = calls[0][0]
    assert (options.services, options.all, options.filter, options.statuses, options.orphans) == (
        ("web",),
        True,
        "status=running",
        ("paused", "dead"),
        False,
    )


@pytest.mark.parametrize("flag", ["services", "volumes", "networks", "models", "profiles", "images"])
def test_config_lists_one_thing_a_line_or_as_json(compose, called, flag):
    calls = called("compose.commands.config", "listed", ["b", "a"])
    assert compose("config", f"--{flag}", "web").out == "b\na\n"
    assert compose("config", f"--{flag}", "--format", "json", "web").out == '["b","a"]\n'
    assert calls == [(flag, ("web",))] * 2


def test_config_prints_the_environment(compose, called):
    called("compose.commands.config", "listed", ["B=x=y", "A="])
    assert compose("config", "--environment").out == "B=x=y\nA=\n"
    assert compose("config", "--environment", "--format", "json").out == '{"B":"x=y","A":""}\n'


def test_config_lists_only_the_first_of_several(compose, called):
    calls = called("compose.commands.config", "listed", [])
    hashes = called("compose.commands.config", "hashes", [("web", "abc")])
    compose("config", "--images", "--volumes", "--services", "--hash", "*")
    compose("config", "--images", "--hash", "*", "--profiles")
    assert calls is hashes
    assert calls == [("services", ()), ("*",)]


def test_config_prints_hashes(compose, called):
    called("compose.commands.config", "hashes", [("a", "1"), ("b", "2")])
    assert compose("config", "--hash", "*").out == "a 1\nb 2\n"
    assert compose("config", "--hash", "*", "--format", "json").out == '{"a":"1","b":"2"}\n'


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((), config_use_case.ConfigOptions()),
        (("web", "--format=json"), config_use_case.ConfigOptions(services=("web",), form="json")),
        (("--no-interpolate", "--no-normalize"), config_use_case.ConfigOptions(no_interpolate=True, no_normalize=True)),
        (
            ("--no-consistency", "--no-env-resolution", "--no-path-resolution"),
            config_use_case.ConfigOptions(no_consistency=True, no_env_resolution=True, no_path_resolution=True),
        ),
    ],
)
def test_config_prints_the_project(compose, called, arguments, options):
    calls = called("compose.commands.config", "config", "name: p\n")
    assert compose("config", *arguments).out == "name: p\n"
    assert calls == [(options,)]


def test_config_writes_to_a_file_or_nowhere(compose, called, tmp_path):
    called("compose.commands.config", "config", "name: p\n")
    assert compose("config", "-q").out == ""
    assert compose("config", "-o", "out.yaml").out == ""
    assert (tmp_path / "out.yaml").read_text() == "name: p\n"
    assert "cannot write `no/such/dir`" in compose("config", "-o", "no/such/dir").err


def test_config_shows_variables(compose, tmp_path):
    (tmp_path / "compose.yaml").write_text("name: v\nservices: {a: {image: '${IMG:-busybox}:${TAG?need}', user: '${ALT:+x}'}}\n")
    assert compose("config", "--variables").out.splitlines() == [
        "NAME                REQUIRED            DEFAULT VALUE       ALTERNATE VALUE",
        "ALT                 false                                   x",
        "IMG                 false               busybox",
        "TAG                 true",
    ]
    assert '"DefaultValue": "busybox"' in compose("config", "--variables", "--format", "json").out
    assert "defaultvalue: busybox" in compose("config", "--variables", "--format", "yaml").out
    assert 'unsupported format "x"' in compose("config", "--variables", "--format", "x").err


@pytest.mark.parametrize(("steps", "code"), [((), 0), ((STEP,), 2)])
def test_plan_tells_by_its_exit_code_whether_there_is_something_to_do(compose, called, steps, code):
    calls = called("compose.commands.up", "up", Plan(project="p", command="up", steps=steps))
    result = compose("plan", "web", "--force-recreate", "--scale", "web=2")
    assert result.code == code
    assert result.out.startswith("Network p_default" if steps else "Nothing to do.")
    options = UpOptions(services=("web",), force_recreate=True, scale={"web": 2}, outdated="tell")
    assert calls == [(options, ("remove_orphans", None), ("stay", None))]


@pytest.mark.parametrize("flag", ["--json", "--format=json"])
def test_plan_as_json(compose, called, flag):
    called("compose.commands.up", "up", Plan(project="p", command="up", steps=(STEP,)))
    assert json.loads(compose("plan", flag).out)["steps"][0]["resource"] == "Network p_default"


def test_plan_passes_a_commands_own_flags_on_to_it(compose, called):
    calls = called("compose.commands.down", "down", Plan(project="p", command="down", steps=(STEP,)))
    result = compose("plan", "--json", "down", "-v", "--format", "text", "web")
    assert json.loads(result.out)["command"] == "down"
    assert calls == [(DownOptions(services=("web",), volumes=True), ("verify", False))]


def test_plan_of_drift(compose, called):
    calls = called("compose.commands.up", "up", Plan(project="p", command="create"))
    assert compose("plan", "create", "--drift").code == 0
    options = UpOptions(command="create", start=False, drift=True, outdated="tell")
    assert calls == [(options, ("remove_orphans", None))]
    assert "--drift cannot be combined with `down`" in compose("plan", "--drift", "down").err


def test_help_of_plan_and_of_what_it_plans(compose):
    assert "Usage:  compose plan [OPTIONS] [COMMAND] [ARGS...]" in compose("plan", "--help").out
    assert "Usage:  compose plan down [OPTIONS] [SERVICE...]" in compose("plan", "down", "--help").out


def test_a_plan_that_nobody_looked_for_cannot_be_kept(compose, called):
    called("compose.commands.up", "up", Plan(project="p", command="up"))
    assert "cannot be kept" in compose("plan", "-o", "plan.json").err


def test_apply_reads_a_file_or_stdin(compose, called, tmp_path):
    calls = called("compose.commands.apply", "apply", Plan(project="p", command="up"))
    (tmp_path / "plan.json").write_text("{}")
    compose("apply", "plan.json")
    compose("apply", "-", stdin="[]")
    assert calls == [(b"{}",), (b"[]",)]
    assert "cannot read `none.json`: No such file" in compose("apply", "none.json").err


@pytest.mark.parametrize("command", ["down", "up"])
def test_a_dry_run_prints_the_plan(compose, called, command):
    called(f"compose.commands.{command}", command, Plan(project="p", command=command, steps=(STEP,)))
    arguments = ("-d",) if command == "up" else ()
    assert compose("--dry-run", command, *arguments).out.startswith("Network p_default")
    assert compose(command, *arguments).out == ""


@pytest.mark.parametrize(
    ("arguments", "options", "shown"),
    [
        ((), UpOptions(), AttachOptions()),
        (("web", "--attach-dependencies"), UpOptions(services=("web",)), AttachOptions(dependencies=True)),
        (("--attach", "a", "--attach=b", "--no-attach", "c"), UpOptions(), AttachOptions(attach=("a", "b"), no_attach=("c",))),
        (("--abort-on-container-exit",), UpOptions(), AttachOptions(abort_on_exit=True)),
        (
            ("--abort-on-container-failure", "--exit-code-from", "web"),
            UpOptions(),
            AttachOptions(abort_on_failure=True, exit_code_from="web"),
        ),
    ],
)
def test_attached_up(compose, called, arguments, options, shown):
    calls = called("compose.commands.attached", "up_attached", 42)
    assert compose("up", *arguments).code == 42
    assert [call[:3] for call in calls] == [(replace(options, outdated="tell"), shown, ("remove_orphans", None))]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--abort-on-container-exit", "--abort-on-container-failure"),
            "--abort-on-container-failure cannot be combined with --abort-on-container-exit",
        ),
        (
            ("--wait", "--attach", "a"),
            "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies",
        ),
        (("--wait", "--abort-on-container-exit"), "--wait cannot be combined with --abort-on-container-exit"),
        (("-d", "--attach-dependencies"), "--detach cannot be combined with --abort-on-container-exit"),
        (("--wait", "--abort-on-container-failure"), "--detach cannot be combined with"),
    ],
)
def test_contradictions_of_attaching(compose, arguments, message):
    assert message in compose("up", *arguments).err


def test_a_dry_run_does_not_attach(compose, called):
    calls = called("compose.commands.up", "up", Plan(project="p", command="up", steps=(STEP,)))
    assert compose("--dry-run", "up").out.startswith("Network p_default")
    assert len(calls) == 1


def test_logs(compose, called):
    calls = called("compose.commands.logs", "logs", None)
    compose("logs")
    compose("logs", "web", "db", "-fn", "5", "--since", "10m", "--until=2026-01-01T00:00:00Z")
    compose("logs", "web", "--index", "2")
    assert calls == [
        (LogsOptions(),),
        (LogsOptions(services=("web", "db"), follow=True, tail="5", since="10m", until="2026-01-01T00:00:00Z"),),
        (LogsOptions(services=("web",), index=2),),
    ]


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        ((), "web-1  | x\n"),
        (("--no-log-prefix",), "x\n"),
        (("-t",), "web-1  | 2026-01-01T00:00:00.000000001Z x\n"),
    ],
)
def test_logs_look_as_asked(compose, monkeypatch, arguments, out):
    line = LogLine(
        time=1.0,
        service="web",
        container="web-1",
        number=1,
        stream="stderr",
        text="x",
        timestamp="2026-01-01T00:00:00.000000001Z",
    )
    monkeypatch.setattr(logs_use_case, "logs", lambda session, _options: session.emit(line))
    assert compose("logs", *arguments).out == out
    assert json.loads(compose("logs", "--json", *arguments).out)["text"] == "x"
    coloured = compose("logs", *arguments, terminal=True).out
    assert ("\x1b[" in coloured) == ("--no-log-prefix" not in arguments)
    assert "\x1b" not in compose("logs", "--no-color", *arguments, terminal=True).out


def test_ls_prints_projects(compose, called):
    calls = called("compose.commands.ls", "ls", {"blog": (), "shop": CONTAINERS})
    assert compose("ls", "-q").out == "blog\nshop\n"
    assert compose("ls", "-a", "--filter", "name=x").out.splitlines()[0] == "NAME                STATUS              CONFIG FILES"
    assert [row["Name"] for row in json.loads(compose("ls", "--format", "json").out)] == ["blog", "shop"]
    assert (calls[1][0].all, calls[1][0].filter) == (True, "name=x")
    assert 'unknown command "x" for "docker compose ls"' in compose("ls", "x").err


def test_images_print_a_table_ids_or_json(compose, called):
    image = ImageState(reference="nginx", id=f"sha256:{'1' * 64}", repo_tags=("nginx:latest",))
    called("compose.commands.images", "images", tuple((one, image) for one in CONTAINERS))
    assert compose("images", "-q").out == f"{'1' * 64}\n"
    assert compose("images").out.startswith("CONTAINER ")
    as_json = compose("images", "--format", "json").out
    assert as_json.endswith("]\n\n")
    assert [row["ContainerName"] for row in json.loads(as_json)] == ["p-db-1", "p-web-1", "p-web-2"]
    assert 'format value "x" could not be parsed' in compose("images", "--format", "x").err


def test_volumes_print_a_table_names_or_a_template(compose, called):
    calls = called("compose.commands.volumes", "volumes", (VolumeState(name="p_data", driver="local"),))
    assert compose("volumes", "web").out == "DRIVER    VOLUME NAME\nlocal     p_data\n"
    assert compose("volumes", "-q").out == "p_data\n"
    assert compose("volumes", "--format", "{{.Driver}}").out == "local\n"
    assert calls[0] == (("web",),)


def test_top_prints_one_table_or_json(compose, called):
    called("compose.commands.top", "top", (Processes(service="web", number=1, titles=("PID", "CMD"), rows=(("1", "sh"),)),))
    assert compose("top").out == "SERVICE  #   PID  CMD\nweb      1   1    sh\n"
    assert json.loads(compose("top", "--format=json").out)[0]["rows"] == [["1", "sh"]]


@pytest.mark.parametrize(("address", "out"), [("0.0.0.0", "0.0.0.0:8080\n"), ("::", "[::]:8080\n")])
def test_port_prints_host_and_port(compose, called, address, out):
    calls = called("compose.commands.port", "port", Published(private=80, public=8080, address=address))
    assert compose("port", "web", "80", "--protocol", "UDP", "--index=2").out == out
    assert (calls[0][0].private, calls[0][0].protocol, calls[0][0].index) == (80, "udp", 2)
    assert json.loads(compose("port", "web", "80", "--format=json").out)["public"] == 8080


@pytest.mark.parametrize("number", ["x", "0", "65536", "-1"])
def test_port_wants_a_port(compose, number):
    assert f'invalid port "{number}"' in compose("port", "--", "web", number).err


def test_stats_prints_once_or_until_interrupted(compose, called, monkeypatch):
    calls = called("compose.commands.stats", "stats", ((CONTAINERS[0], {}),))
    once = compose("stats", "web", "--no-stream")
    assert (once.code, len(once.out.splitlines())) == (0, 2)
    assert once.out.splitlines()[1].split()[:2] == ["b" * 12, "p-web-1"]
    assert calls[0][0].service == "web"
    turns = iter([((CONTAINERS[0], {}),), ((CONTAINERS[0], {}),)])

    def sample(_session, _options):
        found = next(turns, None)
        if found is None:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr("compose.commands.stats.stats", sample)
    again = compose("stats", "--format", "{{.Name}}", terminal=True)
    assert again.out == "\x1b[H\x1b[Jp-web-1\n" * 2
    assert again.code == 130


@pytest.mark.parametrize(
    ("arguments", "title"), [((), "Compose"), (("compose",), "Compose"), (("events",), "An event of compose")]
)
def test_schema_prints_a_schema(compose, arguments, title):
    result = compose("schema", *arguments)
    assert title in json.loads(result.out)["title"]


@pytest.mark.parametrize("name", ["nope", "../pyproject", ""])
def test_schema_knows_its_names(compose, name):
    result = compose("schema", name)
    assert f'no such schema: "{name}"' in result.err
    assert "hint: there are compose, events" in result.err


def test_explain_tells_what_a_code_means(compose):
    assert compose("explain", "unknown-flag").out.startswith("unknown-flag\n  The command has no such flag")
    assert json.loads(compose("explain", "unknown-flag", "--format", "json").out)["code"] == "unknown-flag"
    assert "there is no diagnostic code `unknow-flag`" in compose("explain", "unknow-flag").err


def test_explain_tells_where_a_value_comes_from(compose, tmp_path):
    (tmp_path / "compose.yaml").write_text("name: p\nservices: {web: {image: nginx}}\n")
    result = compose("explain", "services.web.image")
    assert result.out.startswith('services.web.image: "nginx"\n\nset here\n --> compose.yaml:2:25\n')
    form = json.loads(compose("explain", "services.web.image", "--format=json").out)
    assert (form["value"], form["layers"][0]["raw"]) == ("nginx", "nginx")
    assert "`services.web` has no `nope`" in compose("explain", "services.web.nope").err


def test_config_gives_what_is_wrong_as_data(compose, tmp_path):
    (tmp_path / "compose.yaml").write_text("name: p\nservices: {web: {imagee: x}, db: {image: 5}}\n")
    as_json = compose("config", "--diagnostics", "json")
    codes = [(one["severity"], one["span"]["line"]) for one in json.loads(as_json.out)["diagnostics"]]
    assert (as_json.code, as_json.err) == (1, "")
    assert codes.count(("error", 2)) >= 2
    as_sarif = compose("config", "-q", "--diagnostics=sarif")
    assert len(json.loads(as_sarif.out)["runs"][0]["results"]) == len(codes)
    assert " --> compose.yaml:2:" in compose("config", "--diagnostics=text").out
    assert 'unsupported format "xml"' in compose("config", "--diagnostics=xml").err


def test_config_gives_warnings_as_data(compose, tmp_path):
    (tmp_path / "compose.yaml").write_text("version: '3'\nname: p\nservices: {web: {image: nginx}}\n")
    result = compose("config", "--diagnostics", "json")
    assert (result.code, result.err) == (0, "")
    assert [(one["severity"], one["span"]["line"]) for one in json.loads(result.out)["diagnostics"]] == [("warning", 1)]


def test_config_of_a_sound_project_has_nothing_wrong(compose, tmp_path):
    (tmp_path / "compose.yaml").write_text("name: p\nservices: {web: {image: nginx}}\n")
    result = compose("config", "--diagnostics", "json")
    assert (result.code, json.loads(result.out)) == (0, {"diagnostics": []})
