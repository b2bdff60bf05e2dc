"""What read-only commands print of one running stack, beside what Docker Compose prints of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.peer]

FILE = """
services:
  web:
    image: nginx
    ports: ["127.0.0.1::80", "9000"]
    environment: ["NAMED=${NAMED:-a b}"]
    labels: {com.example.a: "1", com.example.b: "x,y"}
    volumes: ["data:/data", ".:/here:ro", "/anonymous"]
    healthcheck: {test: "true", interval: 1s}
    scale: 2
  db:
    image: busybox
    command: [sh, -c, "echo 'first \\"line\\"'; echo second; exec sleep 6000"]
    stop_grace_period: 0s
  job: {image: busybox, command: [sh, -c, "echo done; exit 3"]}
volumes: {data: {}}
"""

TEMPLATES = (
    "{{.Name}}",
    "{{json .Publishers}}",
    "{{.Publishers}}",
    "{{range .Publishers}}{{.URL}}:{{.TargetPort}}/{{.Protocol}} {{end}}",
    "{{range $i, $p := .Publishers}}{{if $i}}, {{end}}{{$p.TargetPort}}{{else}}none{{end}}",
    '{{if eq .State "running"}}up{{else if eq .State "exited"}}over{{else}}{{.State}}{{end}}',
    '{{upper .Service}} {{lower "ABC"}} {{title .State}} {{truncate .Name 5}} {{pad .Service 2 3}}|',
    '{{.Label "com.example.a"}}|{{.Label "none"}}',
    '{{- .Name -}} {{/* nothing */}} {{printf "%-10s|%5d|%q" .Service .ExitCode .State}}',
    "{{with .Health}}{{.}}{{else}}unchecked{{end}}",
    '{{println .Name "and" .ExitCode}}',
    '{{len .Publishers}} {{index (split .Image ":") 0}} {{slice .Name 0 3}}',
    '{{and .Health .State}} {{or .Health "no"}} {{not .Health}} {{ne .ExitCode 0}} {{gt .ExitCode 2}}',
    "{{.LocalVolumes}} {{.Networks}} {{.Size}} {{.Project}} {{.Command}}",
    "{{$name := .Name}}{{range .Publishers}}{{$name}}{{break}}{{end}}",
)


class Stack:
    """The stack, with both programs run on it."""

    def __init__(self, folder, peer):
        self.folder = folder
        self.name = f"ct-{uuid.uuid4().hex[:10]}"
        self.commands = {"peer": peer, "ours": [sys.executable, "-m", "compose"]}

    def run(self, who, *arguments, code=0, whole=False):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
        command = [*self.commands[who], "-p", self.name, "-f", "compose.yaml", *arguments]
        result = subprocess.run(command, cwd=self.folder, env=inherited, capture_output=True, text=True, timeout=120, check=False)
        assert code is None or result.returncode == code, (command, result)
        return result if whole else result.stdout

    def both(self, *arguments, code=0):
        return tuple(self.run(who, *arguments, code=code) for who in ("ours", "peer"))


@pytest.fixture(scope="module")
def stack(tmp_path_factory, peer):
    stack = Stack(tmp_path_factory.mktemp("reading"), peer)
    (stack.folder / "compose.yaml").write_text(FILE)
    stack.run("peer", "up", "-d", "--wait", "web", "db")
    stack.run("peer", "up", "-d", "job")
    stack.run("peer", "wait", "job", code=None)
    yield stack
    stack.run("peer", "down", "-v", "-t", "0")


AGE = re.compile(r"(\d+|an?|about an?|less than a) (second|minute|year)s?", re.IGNORECASE)
"""Ages grow while two programs are asked; of years Docker Compose 2.40 says 292 where the engine is too new for it."""


def still(value):
    """Return a value without its ages, and with sorted what the engine gives in any order."""
    if isinstance(value, dict):
        parts = {key: sorted(value[key].split(",")) for key in ("Labels", "Mounts") if key in value}
        return {key: still(item) for key, item in value.items()} | parts
    if isinstance(value, list):
        return [still(item) for item in value]
    return AGE.sub("N", value) if isinstance(value, str) else value


def words(text):
    return [still(line).split() for line in text.splitlines()]


def lines_of_json(text):
    return [json.loads(line) for line in text.splitlines() if line]


@pytest.mark.parametrize(
    "flags", [(), ("-a",), ("--no-trunc",), ("web",), ("--status", "exited"), ("--filter", "status=running")]
)
def test_ps_json(stack, flags):
    ours, theirs = stack.both("ps", "--format", "json", *flags)
    by_name = [sorted(lines_of_json(text), key=lambda row: row["Name"]) for text in (ours, theirs)]
    assert still(by_name[0]) == still(by_name[1])


@pytest.mark.parametrize("template", TEMPLATES)
def test_ps_templates(stack, template):
    ours, theirs = stack.both("ps", "-a", "--format", template)
    assert [line.rstrip() for line in still(ours).splitlines()] == [line.rstrip() for line in still(theirs).splitlines()]


@pytest.mark.parametrize(
    "template", ["table {{.ID}}\t{{.Names}}\t{{.Ports}}", "table {{.Service}}\\t{{.Health}}\\t{{.ExitCode}}"]
)
def test_ps_templated_tables(stack, template):
    ours, theirs = stack.both("ps", "-a", "--format", template)
    assert words(ours)[1:] == words(theirs)[1:]  # fields that are no columns have a heading here


@pytest.mark.parametrize("flags", [(), ("-a",), ("-q",), ("-aq",), ("--services",), ("-a", "--services")])
def test_ps_text(stack, flags):
    ours, theirs = stack.both("ps", *flags)
    assert words(ours) == words(theirs)


@pytest.mark.parametrize("flags", [(), ("-a",), ("--format", "json"), ("-q",)])
def test_ls(stack, flags):
    ours, theirs = stack.both("ls", "--filter", f"name={stack.name}", *flags)
    assert ours == theirs


@pytest.mark.parametrize("flags", [("-q",), ("web",), ()])
def test_images(stack, flags):
    ours, theirs = stack.both("images", *flags)
    assert sorted(words(ours)) == sorted(words(theirs))


def test_images_json(stack):
    ours, theirs = ({row["ContainerName"]: row for row in json.loads(text)} for text in stack.both("images", "--format", "json"))
    assert ours.keys() == theirs.keys()
    for name, row in theirs.items():
        if row["LastTagTime"] == ours[name]["Created"]:
            del row["LastTagTime"]  # 2.40 says this of an image that was never tagged
        assert ours[name].items() >= row.items()


@pytest.mark.parametrize("flags", [(), ("-q",), ("--format", "json"), ("web",), ("--format", "table {{.Name}}\t{{.Driver}}")])
def test_volumes(stack, flags):
    ours, theirs = stack.both("volumes", *flags)
    if "json" in flags:  # the peer gives labels in any order
        ours, theirs = still(lines_of_json(ours)), still(lines_of_json(theirs))
    assert ours == theirs


@pytest.mark.parametrize(
    "arguments", [("web", "80"), ("--index", "2", "web", "80"), ("web", "9000"), ("--protocol", "tcp", "web", "80")]
)
def test_port(stack, arguments):
    ours, theirs = stack.both("port", *arguments)
    assert ours == theirs


def test_top_of_everything_shows_the_same_containers_and_columns(stack):
    ours, theirs = (text.splitlines() for text in stack.both("top"))
    assert ours[0].split() == theirs[0].split()
    assert sorted(line.split()[:2] for line in ours[1:]) == sorted(line.split()[:2] for line in theirs[1:])


def test_top(stack):
    ours, theirs = (text.splitlines() for text in stack.both("top", "db"))
    assert ours[0].split() == theirs[0].split()
    assert [line.split()[:3] + line.split()[-2:] for line in ours[1:]] == [
        line.split()[:3] + line.split()[-2:] for line in theirs[1:]
    ]


def test_stats(stack):
    ours, theirs = (lines_of_json(text) for text in stack.both("stats", "--no-stream", "--format", "json", "db"))
    assert [row.keys() for row in ours] == [row.keys() for row in theirs]
    assert [(row["Name"], row["ID"], row["PIDs"]) for row in ours] == [(row["Name"], row["ID"], row["PIDs"]) for row in theirs]


def test_stats_text(stack):
    ours, theirs = stack.both("stats", "--no-stream", "db")
    header = [text.splitlines()[0].removeprefix("\x1b[H\x1b[J") for text in (ours, theirs)]
    assert header[0].split() == header[1].split()
    template = "{{.Name}} {{.ID}} {{.PIDs}} {{.Container}}"
    ours, theirs = stack.both("stats", "--no-stream", "--format", template, "db")
    assert words(ours) == words(theirs)


@pytest.mark.parametrize("flags", [("-n", "1"), ("--no-log-prefix", "db"), ("--index", "1", "db"), ("-t", "db"), ("--tail", "0")])
def test_logs(stack, flags):
    ours, theirs = stack.both("logs", *flags)
    assert sorted(words(ours)) == sorted(words(theirs))


def test_events(stack):
    since = "--since=10m"
    until = "--until=0s"
    ours = lines_of_json(stack.run("ours", "events", "--json", since, until))
    theirs = lines_of_json(stack.run("peer", "events", "--json", since, until, code=None))
    assert [row for row in ours if "exec" not in row["action"]] == [row for row in theirs if "exec" not in row["action"]]


def test_events_text(stack):
    ours = stack.run("ours", "events", "--since=10m", "--until=0s", "db").splitlines()
    theirs = stack.run("peer", "events", "--since=10m", "--until=0s", "db", code=None).splitlines()

    def parts(line):
        head, _, attributes = line.partition(" (")
        return head, sorted(attributes.rstrip(")").split(", "))

    assert [parts(line) for line in ours if "exec" not in line] == [parts(line) for line in theirs if "exec" not in line]


def test_version(stack):
    ours, theirs = (json.loads(text) for text in stack.both("version", "--format", "json"))
    assert ours.keys() >= theirs.keys()
    ours, theirs = stack.both("version", "--short")
    assert len(ours.split()) == len(theirs.split()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("ps", "nope"),
        ("logs", "nope"),
        ("images", "nope"),
        ("top", "nope"),
        ("port", "nope", "80"),
        ("port", "web", "81"),
        ("volumes", "nope"),
        ("config", "nope"),
        ("config", "--hash", "nope"),
        ("ps", "--format", "{{.Nope}}"),
        ("ps", "--filter", "nope=1"),
        ("ls", "--filter", "nope=1"),
        ("exec", "-T", "job", "true"),
    ],
)
def test_what_is_not_there_gives_the_same_exit_code_and_output(stack, arguments):
    both = [stack.run(who, *arguments, code=None, whole=True) for who in ("ours", "peer")]
    assert both[0].returncode == both[1].returncode, both
    assert words(both[0].stdout) == words(both[1].stdout)


def without_docker(text):
    """Return a list without the variables by which docker talks to its plugins."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("DOCKER_CLI_PLUGIN_"))


@pytest.mark.parametrize(
    "flags",
    [
        ("--format", "json"),
        (),
        ("web",),
        ("--no-interpolate",),
        ("--no-normalize",),
        ("--no-path-resolution",),
        ("--services",),
        ("--images",),
        ("--volumes",),
        ("--networks",),
        ("--models",),
        ("--hash", "*"),
        ("--hash", "web,db"),
        ("--profiles",),
        ("--environment",),
        ("--variables",),
        ("--variables", "--format", "json"),
    ],
)
def test_config(stack, flags):
    ours, theirs = (without_docker(text) for text in stack.both("config", *flags))
    assert sorted(ours.split()) == sorted(theirs.split()) if flags and "json" not in flags else ours.strip() == theirs.strip()
