#!/usr/bin/env python3
"""Brings samples/webapp up with `compose`, asks it something, and says how to go on. Called by `make demo`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = Path(".venv", "bin", "compose")
FILE = Path("samples", "webapp", "compose.yaml")
FIRST_PORT = 8080


def main() -> None:
    os.chdir(ROOT)
    port = int(os.environ.get("WEB_PORT") or usable_port())
    os.environ["WEB_PORT"] = str(port)
    step("up", "-d", "--wait")
    step("ps")
    url = f"http://localhost:{port}/"
    print(f"\n$ curl {url}", flush=True)
    answer = ask(url)
    print(json.dumps(answer), flush=True)
    if not (answer["redis"]["hits"] >= 1 and answer["postgres"]["visits"] >= 1):
        raise SystemExit("demo: the answer does not show both stores")
    print(
        f"\nIt works: Redis has counted {answer['redis']['hits']}, PostgreSQL keeps {answer['postgres']['visits']} visits."
        f"\n\n  again          curl {url}"
        f"\n  watch logs     {COMPOSE} -f {FILE} logs -f"
        f"\n  bring it down  {COMPOSE} -f {FILE} down -v"
        "\n" + (f"  end the engine {COMPOSE} engine stop\n" if "compose-reconciler" in os.environ["DOCKER_HOST"] else "")
    )


def step(*arguments: str) -> None:
    """Run `compose` on the sample, showing the command."""
    command = (str(COMPOSE), "-f", str(FILE), *arguments)
    print(f"\n$ {' '.join(command)}", flush=True)
    result = subprocess.run(command, check=False)
    if result.returncode:
        sys.exit(result.returncode)


def usable_port() -> int:
    """Return a port that is free, or that the sample has already from an earlier demo."""
    return next(port for port in range(FIRST_PORT, FIRST_PORT + 100) if is_free(port) or is_ours(port))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def is_ours(port: int) -> bool:
    try:
        return set(ask(f"http://localhost:{port}/health")) == {"redis", "postgres"}
    except (OSError, ValueError):
        return False


def ask(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
