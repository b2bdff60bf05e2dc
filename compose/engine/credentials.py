"""Registry logins that stand in the docker command line's configuration itself.

Those that helper programs keep are docker-py's business, which takes 100 ms to load.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compose.engine.pull import registry_of

Logins = Mapping[str, Mapping[str, str]]
"""By registry as the configuration names it: what goes into the headers."""


def read_logins(directory: str) -> Logins | None:
    """Return the logins that `config.json` holds, None where it takes docker-py to know (helpers, forms of former times)."""
    try:
        told = json.loads((Path(directory) / "config.json").read_text(encoding="utf-8")) if directory else {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or told.get("credsStore") or told.get("credHelpers"):
        return None
    auths = told.get("auths") or {}
    is_old = not auths and any(isinstance(value, dict) and "auth" in value for value in told.values())
    if is_old or not isinstance(auths, dict):
        return None
    try:
        return {registry: _login(registry, entry) for registry, entry in auths.items()}
    except (AttributeError, ValueError, binascii.Error):
        return None  # whoever parses it in full says what is wrong


def auth_header(logins: Logins, reference: str) -> str | None:
    """Return the `X-Registry-Auth` value for an image reference, None where it takes docker-py to know.

    It knows the names of the registry that is meant where a reference has none.
    """
    if not logins:
        return ""
    wanted = registry_of(reference)
    found = logins.get(wanted) or next((login for registry, login in logins.items() if _host(registry) == wanted), None)
    return _encoded(found) if found and wanted else None


def config_header(logins: Logins) -> str:
    """Return the `X-Registry-Config` value: all logins, "" when there are none."""
    return _encoded(logins) if logins else ""


def _login(registry: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """Return one login; an entry without any says that a helper has it.

    Raises:
        ValueError: it is not written as it should be.
    """
    token = entry.get("identitytoken")
    if token:
        return {"identitytoken": str(token), "serveraddress": registry}
    if not entry.get("auth"):
        return {}
    username, colon, password = base64.b64decode(entry["auth"], validate=True).decode().partition(":")
    if not colon:
        raise ValueError(registry)
    return {"username": username, "password": password, "serveraddress": registry}


def _host(registry: str) -> str:
    return registry.removeprefix("http://").removeprefix("https://").partition("/")[0]


def _encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
