"""Images built by both builders of a real engine, through plans as every command makes them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import textwrap
import tracemalloc
import uuid
from pathlib import Path

import pytest

from compose.base.clock import SystemClock
from compose.base.events import Notice, StepOutput
from compose.build.builder import Builder
from compose.build.handlers import build_handlers
from compose.build.planning import BuildOptions, plan_build
from compose.engine.connect import connect
from compose.engine.endpoint import resolve
from compose.engine.execute import execute
from compose.engine.handlers import HANDLERS
from compose.engine.observe import observe
from compose.engine.record import Recording
from compose.load.pipeline import LoadRequest, load
from compose.source.ignore import Ignore
from tests.e2e.builders import BUILDERS, need_buildkit, remove_images

pytestmark = pytest.mark.engine


class NoStop:
    level = 0

    def subscribe(self, callback):
        pass


class Workshop:
    """A project in a folder of its own, whose images are built and then looked at on the engine itself."""

    def __init__(self, folder, client, engine):
        self.folder = folder
        self.name = f"bld-{uuid.uuid4().hex[:10]}"
        self.client = client
        self.engine = Recording(engine)
        self.environ = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}

    def write(self, path, text="", mode=None):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
        if mode is not None:
            file.chmod(mode)
        return file

    def project(self, services=()):
        environ, folder = self.environ, str(self.folder)
        return load(LoadRequest(files=(), project_name=self.name, environment=environ, cwd=folder, services=services)).project

    def build(self, builder, uses="", **options):
        environ = {**self.environ, "DOCKER_BUILDKIT": str(int(builder == "buildkit"))}
        if builder == "buildkit":
            need_buildkit(self.client)
        self.events = []
        project = self.project(options.get("services", ()))
        plan = plan_build(project, BuildOptions(builder=uses, **options))
        clock = SystemClock()
        own = build_handlers(plan, project, self.engine, environ=environ, clock=clock, endpoint=resolve(environ))
        return execute(plan, self.engine, {**HANDLERS, **own}, self.events.append, clock, NoStop())

    def built(self, builder, **options):
        outcome = self.build(builder, **options)
        assert not outcome.failed, [f"{one.summary}\n{one.detail}" for one in outcome.diagnostics]

    def failure(self, builder, **options):
        (diagnostic,) = self.build(builder, **options).diagnostics
        return diagnostic

    def lines(self):
        return [event.text for event in self.events if isinstance(event, StepOutput)]

    def image(self, service):
        return self.client.images.get(f"{self.name}-{service}")

    def stale(self):
        project = self.project()
        names = [f"{self.name}-{service}" for service in project.services]
        observed = observe(self.engine, self.name, networks=(), volumes=(), images=names, inspect=False)
        return Builder(project, self.engine, environ=self.environ, clock=SystemClock()).stale(observed, project.services)

    def clean(self):
        remove_images(self.client, self.name)


@pytest.fixture
def shop(tmp_path, client, engine_host):
    engine = connect(resolve({**os.environ, "DOCKER_HOST": engine_host}))
    workshop = Workshop(tmp_path, client, engine)
    yield workshop
    workshop.clean()
    engine.close()


@BUILDERS
def test_two_stages_with_arguments_a_target_labels_and_tags(shop, builder):
    shop.write(
        "app/Dockerfile",
        """\
        ARG BASE=nothing-like-this
        FROM ${BASE} AS first
        ARG GREETING
        LABEL greeting=$GREETING
        ENV STAGE=first
        FROM first
        ENV STAGE=second
        """,
    )
    shop.write(
        "compose.yaml",
        f"""\
        services:
          web:
            build:
              context: app
              target: first
              args: {{BASE: busybox, GREETING: hello}}
              labels: {{mine: "1"}}
              tags: ["{shop.name}-other:2"]
        """,
    )
    shop.built(builder, args={"GREETING": "given"})
    config = shop.image("web").attrs["Config"]
    assert "STAGE=first" in config["Env"]
    assert (config["Labels"]["greeting"], config["Labels"]["mine"]) == ("given", "1")
    assert shop.client.images.get(f"{shop.name}-other:2").id == shop.image("web").id
    if builder != "classic":
        assert config["Labels"]["com.docker.compose.service"] == "web"


IGNORED = [
    "",
    "Dockerfile\n.dockerignore\n",
    "*\n",
    "*\n!src/app.py\n",
    "*\n!**/*.py\n",
    "src/**\n!src/deep/down\n",
    "**/*.py\n!src\n",
    "src/deep\n!src/deep/down/x.py\n*.md\n",
    "/src/*.py\n# comment\n\nlib/../notes.md\n",
    "src/app.py\n!src\n",
    "?otes.md\n[a-m]*\n",
]


@BUILDERS
@pytest.mark.parametrize("rules", IGNORED)
def test_what_the_ignore_file_leaves_is_what_the_image_gets(shop, builder, rules):
    for path in ("src/app.py", "src/deep/down/x.py", "src/deep/y.txt", "lib/z.py", "notes.md"):
        shop.write(f"app/{path}")
    shop.write("app/.dockerignore", rules)
    shop.write("app/Dockerfile", f"FROM busybox\nCOPY . /context/\nRUN cd /context && find . -type f # {uuid.uuid4()}\n")
    shop.write("compose.yaml", "services: {web: {build: app}}")
    shop.built(builder)
    found = {line.removeprefix("./") for line in shop.lines() if line.startswith("./")}
    assert found == left(shop.folder / "app", rules)


def left(root, rules):
    """Ask for every file on its own."""
    ignore = Ignore.parse(rules)
    files = (str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())
    return {path for path in files if not ignore.ignores(path)}


@BUILDERS
def test_rules_beside_the_dockerfile_replace_those_of_the_context(shop, builder):
    shop.write("app/a")
    shop.write("app/b")
    shop.write("app/.dockerignore", "a\n")
    shop.write("app/web.Dockerfile.dockerignore", "b\n*ignore\n*file\n")
    shop.write("app/web.Dockerfile", f"FROM busybox\nCOPY . /context/\nRUN cd /context && find . -type f # {uuid.uuid4()}\n")
    shop.write("compose.yaml", "services: {web: {build: {context: app, dockerfile: web.Dockerfile}}}")
    shop.built(builder)
    assert [line for line in shop.lines() if line.startswith("./")] == ["./a"]


@BUILDERS
def test_modes_links_and_times_are_kept(shop, builder):
    os.utime(shop.write("app/run.sh", mode=0o750), (1_000_000_000, 1_000_000_000))
    shop.write("app/dir/x")
    (shop.folder / "app/dir").chmod(0o711)
    (shop.folder / "app/link").symlink_to("dir/x")
    script = "cd /c && stat -c '= %n %a %u:%g %Y' run.sh && stat -c '= %n %a' dir && echo = $(readlink link)"
    shop.write("app/Dockerfile", f"FROM busybox\nCOPY . /c/\nRUN {script} # {uuid.uuid4()}\n")
    shop.write("compose.yaml", "services: {web: {build: app}}")
    shop.built(builder)
    told = [line for line in shop.lines() if line.startswith("= ")]
    assert told == ["= run.sh 750 0:0 1000000000", "= dir 711", "= dir/x"]


@BUILDERS
@pytest.mark.parametrize("where", ["inline", "outside"])
def test_a_dockerfile_that_is_not_in_the_context(shop, builder, where):
    text = "FROM busybox\nCOPY . /c/\nRUN cd /c && find . -type f\n"
    shop.write("app/a", str(uuid.uuid4()))
    shop.write("other/Dockerfile", text)
    inline = "".join(f"        {line}\n" for line in text.splitlines())
    named = "dockerfile: ../other/Dockerfile" if where == "outside" else f"dockerfile_inline: |\n{inline}"
    shop.write("compose.yaml").write_text(f"services:\n  web:\n    build:\n      context: app\n      {named}\n")
    shop.built(builder)
    assert [line for line in shop.lines() if line.startswith("./")] == ["./a"]


@BUILDERS
def test_a_failing_step_shows_its_last_lines_and_its_place(shop, builder):
    shop.write("app/Dockerfile", "FROM busybox\nRUN true\nRUN echo the reason && \\\n    exit 7\n")
    shop.write("compose.yaml", "services: {web: {build: app}}")
    found = shop.failure(builder)
    assert found.code == "build-failed"
    assert found.summary.startswith("building `web` failed: ")
    assert "7" in found.summary
    assert (found.span.file, found.span.line) == (str(shop.folder / "app/Dockerfile"), 3)
    told = found.detail.splitlines()
    assert "  the reason" in told
    assert "  > 3 | RUN echo the reason && \\" in told


@BUILDERS
def test_a_failing_inline_dockerfile_is_shown_in_the_projects_file(shop, builder):
    shop.write(
        "compose.yaml",
        """\
        services:
          web:
            build:
              context: .
              dockerfile_inline: |
                FROM busybox
                RUN exit 7
        """,
    )
    found = shop.failure(builder)
    assert (Path(found.span.file).name, found.span.line) == ("compose.yaml", 7)


@BUILDERS
def test_equal_builds_are_made_once_and_get_all_their_names(shop, builder):
    shop.write("app/Dockerfile", "FROM busybox\nRUN echo once\n")
    shop.write("compose.yaml", "services: {a: {build: app}, b: {build: app}, c: {build: {context: app, no_cache: true}}}")
    shop.built(builder, services=("a", "b"), no_cache=True)
    assert shop.lines().count("once") == 1
    assert sum(call.path == "/build" for call in shop.engine.calls) == (1 if builder == "classic" else 0)
    assert shop.image("a").id == shop.image("b").id


@BUILDERS
def test_a_build_starts_from_an_image_that_another_makes(shop, builder):
    shop.write("base/Dockerfile", f"FROM busybox\nRUN echo {uuid.uuid4()} > /id\n")
    shop.write("app/Dockerfile", f"FROM {shop.name}-base\nRUN echo = $(cat /id)\n")
    shop.write("compose.yaml", "services: {web: {build: app}, base: {build: base}}")
    shop.built(builder)
    assert [line for line in shop.lines() if line.startswith("= ")] == [
        "= " + (shop.folder / "base/Dockerfile").read_text().split()[4]
    ]


def test_files_are_taken_from_the_image_of_another_service(shop):
    shop.write("base/Dockerfile", f"FROM busybox\nRUN echo {uuid.uuid4()} > /id\n")
    shop.write("app/Dockerfile", "FROM busybox\nCOPY --from=b /id /id\nRUN echo = $(cat /id)\n")
    shop.write(
        "compose.yaml",
        """\
        services:
          web: {build: {context: app, additional_contexts: {b: "service:base"}}}
          base: {build: base}
        """,
    )
    if shop.engine.facts.api_version < (1, 42):  # its BuildKit cannot
        assert "too old" in shop.failure("buildkit", services=("web",)).hint
        return
    shop.built("buildkit", services=("web",))
    assert any(line.startswith("= ") and len(line) > 30 for line in shop.lines())


def test_secrets_reach_the_step_and_nothing_else(shop):
    shop.write("token", "from-a-file")
    shop.write(".env", "ONLY_IN_ENV_FILE=from-a-variable\n")
    wanted = hashlib.sha256(b"from-a-filefrom-a-variable").hexdigest()
    shop.write(
        "app/Dockerfile",
        f"""\
        FROM busybox
        RUN --mount=type=secret,id=one --mount=type=secret,id=second \\
            cat /run/secrets/one /run/secrets/second | sha256sum | grep {wanted} && echo equal
        """,
    )
    shop.write(
        "compose.yaml",
        """\
        services:
          web:
            build:
              context: app
              secrets: [one, {source: two, target: second}]
        secrets:
          one: {file: ./token}
          two: {environment: ONLY_IN_ENV_FILE}
        """,
    )
    shop.built("buildkit", no_cache=True)
    assert "equal" in shop.lines()
    image = shop.image("web")
    everything = f"{image.attrs}{image.history()}{shop.events}"
    assert "from-a-file" not in everything
    assert "from-a-variable" not in everything


@pytest.fixture
def agent(shop):
    """The socket of an ssh agent with a key; the key's file is `key` in the project's folder."""
    if not all(map(shutil.which, ("ssh-agent", "ssh-add", "ssh-keygen"))):
        pytest.skip("OpenSSH's programs are not installed: there is no agent to build with")
    socket = f"/tmp/{shop.name}.agent"  # the path of a socket must be short
    process = subprocess.Popen(("ssh-agent", "-D", "-a", socket), stdout=subprocess.PIPE)
    process.stdout.readline()  # it listens
    key = shop.folder / "key"
    subprocess.run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a-key-of-mine", "-f", key), check=True)
    subprocess.run(("ssh-add", "-q", key), env={**os.environ, "SSH_AUTH_SOCK": socket}, check=True)
    yield socket
    process.terminate()
    process.wait()
    Path(socket).unlink(missing_ok=True)


@pytest.mark.parametrize("ssh", ["default", "default=./key"])
def test_an_ssh_agent_or_key_reaches_the_step_and_nothing_else(shop, agent, ssh):
    need_buildkit(shop.client)
    step = "RUN --mount=type=ssh test -S $SSH_AUTH_SOCK && echo agent at $SSH_AUTH_SOCK"
    shop.write("app/Dockerfile", f"FROM busybox\n{step}\n")
    shop.write("compose.yaml", f"services: {{web: {{build: {{context: app, network: none, ssh: ['{ssh}']}}}}}}")
    shop.environ |= {"SSH_AUTH_SOCK": agent if ssh == "default" else ""}
    shop.built("buildkit", no_cache=True)
    assert any(line.startswith("agent at /run/buildkit/") for line in shop.lines())
    image = shop.image("web")
    everything = f"{image.attrs}{image.history()}{shop.events}"
    assert agent not in everything
    assert str(shop.folder / "key") not in everything
    assert "a-key-of-mine" not in everything


def test_without_an_ssh_agent_it_is_said_how_to_get_one(shop):
    need_buildkit(shop.client)
    shop.write("app/Dockerfile", "FROM busybox\n")
    shop.write("compose.yaml", "services: {web: {build: {context: app, ssh: [default]}}}")
    shop.environ["SSH_AUTH_SOCK"] = ""
    assert "ssh-agent" in shop.failure("buildkit").hint


def test_entitlements_are_granted_or_refused_by_the_builder(shop):
    need_buildkit(shop.client)
    shop.write("app/Dockerfile", "FROM busybox\n")
    shop.write("compose.yaml", "services: {web: {build: {context: app, entitlements: [network.host]}}}")
    shop.built("buildkit")
    shop.write("compose.yaml", "services: {web: {build: {context: app, privileged: true}}}")
    outcome = shop.build("buildkit")
    if outcome.failed:  # as the engine's own builder does unless it is told otherwise
        assert "granting entitlement security.insecure is not allowed" in outcome.diagnostics[0].summary
        assert "--builder" in outcome.diagnostics[0].hint


def test_the_classic_builder_refuses_what_it_cannot_do(shop):
    shop.write("app/Dockerfile", "FROM busybox\n")
    shop.write("compose.yaml", "services: {web: {build: {context: app, ssh: [default]}}}")
    found = shop.failure("classic")
    assert found.summary == "the classic builder doesn't support SSH keys, set DOCKER_BUILDKIT=1 to use BuildKit"
    assert Path(found.span.file).name == "compose.yaml"


def test_checks_tell_what_they_found(shop):
    shop.write("app/Dockerfile", "FROM busybox\nMAINTAINER me\n")
    shop.write("compose.yaml", "services: {web: {build: app}}")
    found = shop.failure("buildkit", check=True)
    if shop.engine.facts.api_version < (1, 46):  # its BuildKit cannot
        assert found.code == "build-failed"
        return
    assert found.code == "build-checks-found"
    assert any("MaintainerDeprecated" in line for line in shop.lines())


def test_an_unknown_builder_is_named(shop):
    shop.write("app/Dockerfile", "FROM busybox\n")
    shop.write("compose.yaml", "services: {web: {build: app}}")
    assert 'no builder "bld-nope" found' in shop.failure("buildkit", uses="bld-nope").summary


@BUILDERS
def test_an_image_is_known_to_be_older_than_its_inputs(shop, builder):
    shop.write("app/src/app.py", "1")
    shop.write("app/Dockerfile", "FROM busybox\nCOPY src /src\n")
    shop.write("compose.yaml", "services: {web: {build: app}}")
    shop.built(builder)
    first = shop.image("web").id
    assert shop.stale() == {}
    shop.built(builder)
    assert shop.image("web").id == first
    shop.write("app/src/app.py", "2")
    assert shop.stale() == {"web": ("src/app.py",)}
    shop.built(builder)
    assert shop.stale() == {}


def test_a_large_context_is_not_held_in_memory(shop):
    (shop.folder / "app").mkdir()
    with (shop.folder / "app/big").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    shop.write("app/Dockerfile", "FROM busybox\nCOPY Dockerfile /\n")
    shop.write("compose.yaml", "services: {web: {build: app}}")
    tracemalloc.start()
    shop.built("classic")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 1024 * 1024


def test_nothing_is_said_about_the_builder_where_it_can_do_everything(shop):
    shop.write("app/Dockerfile", "FROM busybox\n")
    shop.write("compose.yaml", "services: {web: {build: app}}")
    shop.built("buildkit")
    assert [event for event in shop.events if isinstance(event, Notice)] == []
