"""Proxy settings of the docker command line, which every build gets as arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compose.engine.contexts import config_directory

_NAMES = {
    "httpProxy": "HTTP_PROXY",
    "httpsProxy": "HTTPS_PROXY",
    "ftpProxy": "FTP_PROXY",
    "noProxy": "NO_PROXY",
    "allProxy": "ALL_PROXY",
}


def proxy_args(config: Mapping[str, Any], host: str) -> dict[str, str]:
    """Return the build arguments for proxies: those of the engine at `host`, else the default ones; pure.

    Source: `proxies` of the docker configuration file. Both spellings (`HTTP_PROXY`, `http_proxy`) are given.
    """
    proxies = config.get("proxies")
    found = (proxies.get(host) or proxies.get("default")) if isinstance(proxies, dict) else None
    if not isinstance(found, dict):
        return {}
    args = {name: str(found[key]) for key, name in _NAMES.items() if found.get(key)}
    return args | {name.lower(): value for name, value in args.items()}


def read_proxies(environ: Mapping[str, str], host: str) -> dict[str, str]:
    """Return the proxy arguments that the user's docker configuration asks for."""
    try:
        config = json.loads((config_directory(environ) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # no configuration; whoever needs it says what is wrong with it
    return proxy_args(config, host) if isinstance(config, dict) else {}
