#!/usr/bin/env python3
"""Runs a command with an engine that has the images of the samples and tests.

    tests/support/with_engine.py [--keep] [--name NAME] [--only FAMILY]... -- COMMAND...

The engine is the one DOCKER_HOST names, or the first usual one that answers; without any, a private one is started
(`compose engine start --install`) and, unless `--keep`, stopped again afterwards.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from compose.base.errors import ComposeError
from compose.base.events import Event, StepStarted
from compose.engine import private
from compose.engine.endpoint import candidates
from compose.engine.private_home import DEFAULT_NAME, StartOptions

IMAGES = Path(__file__).resolve().parents[2] / "samples" / "images" / "build.py"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="leave an engine running that was started here")
    parser.add_argument("--name", default=DEFAULT_NAME, help="name of a private engine started here")
    parser.add_argument("--only", action="append", default=[], metavar="FAMILY", help="images needed (default: all)")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    # An interrupt ends the command; what was started here is stopped all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    host, started = engine(options.name)
    try:
        environ = {**os.environ, "DOCKER_HOST": host}
        code = subprocess.run((sys.executable, str(IMAGES), *options.only), env=environ, check=False).returncode
        return code or subprocess.run(options.command, env=environ, check=False).returncode
    finally:
        if started and not options.keep:
            private.stop(options.name, environ=os.environ)


def engine(name: str) -> tuple[str, bool]:
    """Return the endpoint of an engine, and whether it was started here."""
    for candidate in candidates(os.environ):
        if candidate.explicit or candidate.answered:
            print(f"engine: using {candidate.endpoint.url} ({candidate.endpoint.source})", flush=True)
            return candidate.endpoint.url, False
    print(f"engine: none answers; starting a private one (compose engine start --name {name} --install)", flush=True)
    found = private.start(StartOptions(environ=os.environ, name=name, install=True), say)
    return found.host, True


def say(event: Event) -> None:
    if isinstance(event, StepStarted):
        print(f"engine: {event.action.lower()}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except ComposeError as error:
        for diagnostic in error.diagnostics:
            parts = (f"engine: {diagnostic.summary}", diagnostic.detail, diagnostic.hint and f"hint: {diagnostic.hint}")
            print(*filter(None, parts), sep="\n", file=sys.stderr)
        sys.exit(error.exit_code)
