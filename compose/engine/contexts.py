"""The docker command line's configuration directory: contexts, the current one, their TLS material."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compose.base.errors import fail
from compose.base.value import Value

DEFAULT = "default"


class TLS(Value, frozen=True, kw_only=True):
    """Paths of the certificates for an endpoint ("" = none); without `verify` the server's is not checked."""

    ca: str = ""
    cert: str = ""
    key: str = ""
    verify: bool = True


class Context(Value, frozen=True, kw_only=True):
    """A docker context: where its engine is and how to talk to it."""

    name: str
    host: str
    tls: TLS | None = None


def config_directory(environ: Mapping[str, str]) -> Path:
    """Return the docker command line's directory: DOCKER_CONFIG, else `~/.docker`."""
    named = environ.get("DOCKER_CONFIG")
    return Path(named) if named else home(environ) / ".docker"


def home(environ: Mapping[str, str]) -> Path:
    """Return the user's home directory."""
    named = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(named) if named else Path.home()


def current_context(environ: Mapping[str, str]) -> str:
    """Return the `currentContext` of the configuration file, `default` when it names none.

    Raises:
        ComposeError: the configuration file is no JSON.
    """
    return str(_read_json(config_directory(environ) / "config.json").get("currentContext") or DEFAULT)


def load_context(environ: Mapping[str, str], name: str) -> Context:
    """Read a context of the docker command line.

    Raises:
        ComposeError: there is no such context, or its files cannot be read.
    """
    from hashlib import sha256  # noqa: PLC0415 - OpenSSL is slow to load, and most have no context but the default one

    root = config_directory(environ) / "contexts"
    digest = sha256(name.encode()).hexdigest()
    meta = root / "meta" / digest / "meta.json"
    document = _read_json(meta)
    if not document:
        raise fail(
            "context-not-found",
            f'context "{name}": context not found',
            detail=f"looked for {meta}",
            hint="`docker context ls` lists the contexts there are",
        )
    endpoint = (document.get("Endpoints") or {}).get("docker") or {}
    host = str(endpoint.get("Host") or "")
    tls = _tls(root / "tls" / digest / "docker", verify=not endpoint.get("SkipTLSVerify"))
    return Context(name=name, host=host, tls=tls)


def _tls(directory: Path, *, verify: bool) -> TLS | None:
    if not directory.is_dir():
        return None
    found = {part: str(directory / f"{part}.pem") for part in ("ca", "cert", "key") if (directory / f"{part}.pem").is_file()}
    return TLS(**found, verify=verify) if found else None


def _read_json(file: Path) -> dict[str, Any]:
    """Return the object in a JSON file, empty when there is no such file."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise fail("docker-config-unreadable", f"cannot read `{file}`: {error}") from error
    return document if isinstance(document, dict) else {}
