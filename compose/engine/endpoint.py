"""Which engine to talk to: what was asked for, else the first of the usual places that answers."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from compose.base.errors import EngineUnreachable, fail
from compose.base.value import Value
from compose.engine import errors
from compose.engine.contexts import DEFAULT, TLS, config_directory, current_context, home, load_context

STATE_DIRECTORY = "compose-reconciler"
DEFAULT_SOCKET = "unix:///var/run/docker.sock"
PODMAN_SOCKET = "unix:///run/podman/podman.sock"
DEFAULT_PIPE = "npipe:////./pipe/docker_engine"
_SCHEMES = ("unix", "tcp", "http", "https", "ssh", "npipe")
_PROBE_SECONDS = 1.0
_PLAIN_PORT, _TLS_PORT = 2375, 2376
_TLS_FLAGS = {"ca": "CACERT", "cert": "CERT", "key": "KEY"}


class Endpoint(Value, frozen=True, kw_only=True):
    """Where an engine is.

    `url` is as DOCKER_HOST would have it; `source` says in words why this one (`DOCKER_HOST`, `context "x"`);
    `config` is the docker configuration directory that credentials come from; `tried` has a line for each
    place that was looked at before.
    """

    url: str
    source: str
    tls: TLS | None = None
    config: str = ""
    tried: tuple[str, ...] = ()


class Candidate(Value, frozen=True, kw_only=True):
    """A place an engine may be at, and what came of looking.

    `explicit` ones were asked for and are used without looking. `answered` is None when it was not looked at;
    `reason` says why it did not answer.
    """

    endpoint: Endpoint
    explicit: bool = False
    answered: bool | None = None
    reason: str = ""

    def __str__(self) -> str:
        outcome = "not looked at" if self.answered is None else "answers" if self.answered else self.reason
        return f"{self.endpoint.url} ({self.endpoint.source}): {outcome}"


def resolve(environ: Mapping[str, str], *, host: str | None = None, context: str | None = None) -> Endpoint:
    """Return the endpoint to use.

    What is asked for explicitly (`host`, `context`, DOCKER_HOST, DOCKER_CONTEXT, the current context, in that
    order) is taken as it is. Otherwise the first of the usual sockets that accepts a connection; when none
    does, the default socket, so that the error of the first call can tell all that was tried.

    Raises:
        ComposeError: `host` and `context` contradict each other, an address cannot be understood, a context
            does not exist.
    """
    looked = candidates(environ, host=host, context=context)
    chosen = next((candidate for candidate in looked if candidate.explicit or candidate.answered), looked[0])
    tried = () if chosen.explicit else tuple(str(candidate) for candidate in looked if candidate.answered is False)
    return Endpoint(
        url=chosen.endpoint.url,
        source=chosen.endpoint.source,
        tls=chosen.endpoint.tls,
        config=str(config_directory(environ)),
        tried=tried,
    )


def candidates(
    environ: Mapping[str, str], *, host: str | None = None, context: str | None = None, every: bool = False
) -> tuple[Candidate, ...]:
    """Return the places looked at, in order, with what answered.

    Looking stops at the first that answers unless `every`. An explicit choice is the only candidate unless
    `every`.

    Raises:
        ComposeError: as for `resolve`.
    """
    asked = explicit(environ, host=host, context=context)
    found: list[Candidate] = []
    if asked is not None:
        found.append(probe(asked, explicit=True) if every else Candidate(endpoint=asked, explicit=True))
    if asked is None or every:
        for endpoint in usual_places(environ):
            found.append(probe(endpoint))
            if found[-1].answered and not every:
                break
    return tuple(found)


def explicit(environ: Mapping[str, str], *, host: str | None = None, context: str | None = None) -> Endpoint | None:
    """Return the endpoint that the user asked for, None when there is no such wish.

    Raises:
        ComposeError: as for `resolve`.
    """
    if host and context:
        raise fail("conflicting-endpoints", "conflicting options: cannot specify both --host and --context")
    if host:
        return _from_host(environ, host, "--host")
    if context and context != DEFAULT:
        return _from_context(environ, context, f'context "{context}"')
    if environ.get("DOCKER_HOST"):
        return None if context == DEFAULT else _from_host(environ, environ["DOCKER_HOST"], "DOCKER_HOST")
    if context == DEFAULT:
        return None
    named = environ.get("DOCKER_CONTEXT")
    if named:
        return None if named == DEFAULT else _from_context(environ, named, f'DOCKER_CONTEXT "{named}"')
    current = current_context(environ)
    return None if current == DEFAULT else _from_context(environ, current, f'current docker context "{current}"')


def usual_places(environ: Mapping[str, str], *, windows: bool | None = None) -> tuple[Endpoint, ...]:
    """Return where engines usually listen on this machine, best first."""
    import sys  # noqa: PLC0415 - only to know the platform

    if windows if windows is not None else sys.platform == "win32":
        return (Endpoint(url=DEFAULT_PIPE, source="default pipe"),)
    places = [Endpoint(url=DEFAULT_SOCKET, source="default socket")]
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime:
        places.append(Endpoint(url=f"unix://{runtime}/docker.sock", source="rootless docker"))
    places.append(Endpoint(url=f"unix://{home(environ)}/.docker/run/docker.sock", source="Docker Desktop"))
    if runtime:
        places.append(Endpoint(url=f"unix://{runtime}/podman/podman.sock", source="rootless podman"))
    places.append(Endpoint(url=PODMAN_SOCKET, source="podman"))
    places.extend(Endpoint(url=f"unix://{file}", source=f'private engine "{name}"') for name, file in private_sockets(environ))
    return tuple(places)


def state_directory(environ: Mapping[str, str]) -> Path:
    """Return the directory for what this tool keeps between runs: `$XDG_STATE_HOME`, else `~/.local/state`."""
    base = environ.get("XDG_STATE_HOME")
    return (Path(base) if base else home(environ) / ".local" / "state") / STATE_DIRECTORY


def private_sockets(environ: Mapping[str, str]) -> tuple[tuple[str, Path], ...]:
    """Return (name, socket) of the private engines there are, running or not, sorted by name."""
    root = state_directory(environ) / "engine"
    return tuple((file.parent.name, file) for file in sorted(root.glob("*/docker.sock")))


def probe(endpoint: Endpoint, *, explicit: bool = False) -> Candidate:
    """Look whether something accepts connections at a socket; other kinds of address are not looked at."""
    url = urlsplit(endpoint.url)
    if url.scheme != "unix":
        return Candidate(endpoint=endpoint, explicit=explicit)
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        connection.settimeout(_PROBE_SECONDS)
        try:
            connection.connect(url.path)
        except OSError as error:
            return Candidate(endpoint=endpoint, explicit=explicit, answered=False, reason=describe(error))
    return Candidate(endpoint=endpoint, explicit=explicit, answered=True)


def describe(error: OSError) -> str:
    """Return the operating system's words for an error, in lower case."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def unreachable(endpoint: Endpoint, reason: str, *, denied: bool = False) -> EngineUnreachable:
    """Return the error for this endpoint, with what was tried before it."""
    return errors.unreachable(endpoint.url, "" if endpoint.tried else reason, denied=denied, tried=endpoint.tried)


def _from_context(environ: Mapping[str, str], name: str, source: str) -> Endpoint:
    context = load_context(environ, name)
    return Endpoint(url=parse_host(context.host, tls=context.tls is not None), source=source, tls=context.tls)


def _from_host(environ: Mapping[str, str], host: str, source: str) -> Endpoint:
    tls = _environment_tls(environ) if not host.startswith(("unix:", "npipe:", "ssh:")) else None
    return Endpoint(url=parse_host(host, tls=tls is not None), source=source, tls=tls)


def _environment_tls(environ: Mapping[str, str]) -> TLS | None:
    """Return what DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH ask for.

    DOCKER_TLSCACERT, DOCKER_TLSCERT and DOCKER_TLSKEY name single files, as docker's flags of these names do.
    """
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not environ.get("DOCKER_TLS"):
        return None
    directory = Path(environ.get("DOCKER_CERT_PATH") or config_directory(environ))
    files = {part: environ.get(f"DOCKER_TLS{flag}", "") for part, flag in _TLS_FLAGS.items()}
    found = {part: file or str(directory / f"{part}.pem") for part, file in files.items()}
    return TLS(**{part: file for part, file in found.items() if files[part] or Path(file).is_file()}, verify=verify)


def parse_host(host: str, *, tls: bool = False) -> str:
    """Return an address in its full form: `unix:///path`, `tcp://host:port`, `ssh://user@host`, `npipe:////./pipe/x`.

    Raises:
        ComposeError: it is none of these.
    """
    text = host.strip()
    if "://" not in text:
        text = f"unix://{text}" if text.startswith("/") else f"tcp://{text}"
    scheme, _, rest = text.partition("://")
    if scheme not in _SCHEMES or not rest.strip("/"):
        raise fail(
            "bad-docker-host",
            f"unable to parse docker host `{host}`",
            hint="addresses look like unix:///var/run/docker.sock, tcp://host:2375 or ssh://user@host",
        )
    if scheme in {"unix", "npipe", "ssh"}:
        return text
    try:
        parts = urlsplit(text)
        port = parts.port or (_TLS_PORT if tls or scheme == "https" else _PLAIN_PORT)
    except ValueError as error:
        raise fail("bad-docker-host", f"unable to parse docker host `{host}`: {error}") from error
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or "127.0.0.1"
    return f"{'https' if scheme == 'https' else 'tcp'}://{name}:{port}{parts.path.rstrip('/')}"
