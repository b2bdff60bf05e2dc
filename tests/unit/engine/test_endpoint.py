"""Which engine is chosen, and what is told about the others."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

from compose.base.errors import ComposeError
from compose.engine import endpoint as endpoint_module
from compose.engine.endpoint import candidates, parse_host, private_sockets, resolve, usual_places


@pytest.fixture
def home():
    """A home directory with a path short enough for sockets."""
    directory = Path(tempfile.mkdtemp(prefix="c-"))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def environ(home, monkeypatch) -> dict[str, str]:
    """A user without any configuration, on a machine without engines."""
    monkeypatch.setattr(endpoint_module, "DEFAULT_SOCKET", f"unix://{home}/default.sock")
    monkeypatch.setattr(endpoint_module, "PODMAN_SOCKET", f"unix://{home}/podman.sock")
    (home / "run").mkdir()
    return {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")}


@pytest.fixture
def listen(home):
    """Make something accept connections at a path below the home directory."""
    open_sockets = []

    def at(relative: str) -> str:
        file = home / relative
        file.parent.mkdir(parents=True, exist_ok=True)
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(str(file))
        server.listen()
        open_sockets.append(server)
        return f"unix://{file}"

    yield at
    for server in open_sockets:
        server.close()


def add_context(home: Path, name: str, host: str, *, skip: bool = False, certificates: tuple[str, ...] = ()) -> Path:
    digest = sha256(name.encode()).hexdigest()
    meta = home / ".docker/contexts/meta" / digest
    meta.mkdir(parents=True)
    document = {"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": skip}}}
    (meta / "meta.json").write_text(json.dumps(document))
    tls = home / ".docker/contexts/tls" / digest / "docker"
    for part in certificates:
        tls.mkdir(parents=True, exist_ok=True)
        (tls / f"{part}.pem").write_text("x")
    return tls


def configure(home: Path, **document: str) -> None:
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker/config.json").write_text(json.dumps(document))


def test_an_explicit_host_wins_over_everything(environ, home):
    configure(home, currentContext="far")
    environ |= {"DOCKER_HOST": "tcp://env:1", "DOCKER_CONTEXT": "far"}
    endpoint = resolve(environ, host="tcp://flag:2")
    assert (endpoint.url, endpoint.source) == ("tcp://flag:2", "--host")


def test_an_explicit_context_wins_over_the_environment(environ, home):
    add_context(home, "far", "tcp://far:3")
    environ["DOCKER_HOST"] = "tcp://env:1"
    endpoint = resolve(environ, context="far")
    assert (endpoint.url, endpoint.source) == ("tcp://far:3", 'context "far"')


def test_docker_host_wins_over_docker_context(environ, home):
    add_context(home, "far", "tcp://far:3")
    environ |= {"DOCKER_HOST": "tcp://env:1", "DOCKER_CONTEXT": "far"}
    assert resolve(environ).source == "DOCKER_HOST"


def test_docker_context_wins_over_the_current_context(environ, home):
    add_context(home, "far", "tcp://far:3")
    add_context(home, "near", "tcp://near:4")
    configure(home, currentContext="near")
    assert resolve(environ).url == "tcp://near:4"
    assert resolve({**environ, "DOCKER_CONTEXT": "far"}).url == "tcp://far:3"


def test_the_default_context_means_the_usual_places(environ, home, listen):
    configure(home, currentContext="near")
    url = listen("run/docker.sock")
    assert resolve({**environ, "DOCKER_CONTEXT": "default", "DOCKER_HOST": ""}).url == url
    assert resolve({**environ, "DOCKER_HOST": "tcp://env:1"}, context="default").url == url


def test_host_and_context_together_are_refused(environ):
    with pytest.raises(ComposeError, match="cannot specify both --host and --context"):
        resolve(environ, host="tcp://a:1", context="b")


def test_an_unknown_context_names_the_file_looked_for(environ):
    with pytest.raises(ComposeError, match='context "nope": context not found') as caught:
        resolve(environ, context="nope")
    assert "meta.json" in caught.value.diagnostics[0].detail


def test_a_broken_configuration_file_is_named(environ, home):
    configure(home)
    (home / ".docker/config.json").write_text("{")
    with pytest.raises(ComposeError, match=r"config\.json") as caught:
        resolve(environ)
    assert caught.value.diagnostics[0].code == "docker-config-unreadable"


def test_a_context_brings_its_certificates(environ, home):
    tls = add_context(home, "far", "tcp://far", certificates=("ca", "cert", "key"))
    endpoint = resolve(environ, context="far")
    assert endpoint.url == "tcp://far:2376"
    assert endpoint.tls is not None
    assert (endpoint.tls.ca, endpoint.tls.key, endpoint.tls.verify) == (str(tls / "ca.pem"), str(tls / "key.pem"), True)


def test_a_context_can_ask_not_to_verify(environ, home):
    add_context(home, "far", "tcp://far", skip=True, certificates=("ca",))
    endpoint = resolve(environ, context="far")
    assert endpoint.tls is not None
    assert endpoint.tls.verify is False


@pytest.mark.parametrize(("variable", "verify"), [("DOCKER_TLS_VERIFY", True), ("DOCKER_TLS", False)])
def test_the_environment_can_ask_for_tls(environ, home, variable, verify):
    (home / "ca.pem").write_text("x")
    endpoint = resolve({**environ, "DOCKER_HOST": "tcp://env", variable: "1", "DOCKER_CERT_PATH": str(home)})
    assert endpoint.url == "tcp://env:2376"
    assert endpoint.tls is not None
    assert (endpoint.tls.ca, endpoint.tls.cert, endpoint.tls.verify) == (str(home / "ca.pem"), "", verify)


def test_single_files_can_be_named_as_the_flags_of_docker_do(environ):
    given = {"DOCKER_TLSCACERT": "/a.pem", "DOCKER_TLSKEY": "/k.pem", "DOCKER_TLS_VERIFY": "1"}
    endpoint = resolve({**environ, **given}, host="tcp://there")
    assert endpoint.tls is not None
    assert (endpoint.tls.ca, endpoint.tls.cert, endpoint.tls.key) == ("/a.pem", "", "/k.pem")


def test_tls_variables_do_not_concern_sockets(environ):
    assert resolve({**environ, "DOCKER_HOST": "unix:///x.sock", "DOCKER_TLS_VERIFY": "1"}).tls is None


def test_the_first_usual_place_that_answers_is_taken(environ, listen):
    podman = listen("run/podman/podman.sock")
    endpoint = resolve(environ)
    assert (endpoint.url, endpoint.source) == (podman, "rootless podman")
    assert any("rootless docker" in line for line in endpoint.tried)
    rootless = listen("run/docker.sock")
    assert resolve(environ).url == rootless


def test_private_engines_come_last_by_name(environ, listen):
    second = listen(".local/state/compose-reconciler/engine/b/docker.sock")
    assert resolve(environ).url == second
    first = listen(".local/state/compose-reconciler/engine/a/docker.sock")
    endpoint = resolve(environ)
    assert (endpoint.url, endpoint.source) == (first, 'private engine "a"')
    assert [name for name, _ in private_sockets(environ)] == ["a", "b"]


def test_xdg_state_home_moves_private_engines(environ, home, listen):
    url = listen("elsewhere/compose-reconciler/engine/a/docker.sock")
    assert resolve({**environ, "XDG_STATE_HOME": str(home / "elsewhere")}).url == url


def test_when_nothing_answers_the_default_socket_is_taken_with_all_that_was_tried(environ):
    endpoint = resolve(environ)
    assert endpoint.url.endswith("/default.sock")
    assert len(endpoint.tried) == len(usual_places(environ))
    assert any("no such file" in line for line in endpoint.tried)


def test_a_dead_socket_is_told_apart_from_a_missing_one(environ, home):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(home / "run/docker.sock"))
    server.close()
    assert any("connection refused" in line for line in resolve(environ).tried)


def test_every_place_can_be_looked_at(environ, listen):
    listen("run/docker.sock")
    looked = candidates({**environ, "DOCKER_HOST": "tcp://env:1"}, every=True)
    assert [(one.endpoint.source, one.explicit, one.answered) for one in looked][:3] == [
        ("DOCKER_HOST", True, None),
        ("default socket", False, False),
        ("rootless docker", False, True),
    ]


def test_windows_has_a_pipe():
    assert [place.url for place in usual_places({"HOME": "/"}, windows=True)] == ["npipe:////./pipe/docker_engine"]


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("/run/x.sock", "unix:///run/x.sock"),
        ("unix:///run/x.sock", "unix:///run/x.sock"),
        ("host", "tcp://host:2375"),
        ("host:99", "tcp://host:99"),
        ("tcp://[::1]:99", "tcp://[::1]:99"),
        ("http://host", "tcp://host:2375"),
        ("https://host/base/", "https://host:2376/base"),
        ("ssh://me@host:22", "ssh://me@host:22"),
        ("npipe:////./pipe/x", "npipe:////./pipe/x"),
    ],
)
def test_addresses_are_brought_to_their_full_form(written, full):
    assert parse_host(written) == full


@pytest.mark.parametrize("written", ["", "ftp://x", "unix://", "tcp://host:port", "unix:///"])
def test_what_is_no_address_is_refused(written):
    with pytest.raises(ComposeError, match="unable to parse docker host"):
        parse_host(written)
