"""Time what a pytest session pays for a stack: with this plugin (fresh, reused), and with others that are installed.

    python tests/benchmarks/pytest_sessions.py [--rounds 7] [--interval 1s] [--only ours]

Two services, `web` after `db` is healthy. Each row is a session of one test that asks `web` for a page; rows take turns.
`session` is its wall clock less that of the same session without containers in the same round; `up` and `down` are the
test's set-up and tear-down as pytest times them. The rows `pytest-docker` and `testcontainers` need those packages in this
interpreter, and `docker compose`. The engine is that of DOCKER_HOST. Medians, and in brackets the slowest.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

FILE: Final = """
services:
  db: &service
    image: busybox
    init: true
    command: [sh, -c, "mkdir /www && echo page > /www/index.html && exec httpd -f -p 8080 -h /www"]
    ports: ["127.0.0.1::8080"]
    healthcheck: {{test: [CMD, wget, -qO-, "http://127.0.0.1:8080/"], interval: {interval}, retries: 60}}
  web:
    <<: *service
    depends_on: {{db: {{condition: service_healthy}}}}
"""
TEST: Final = """
import urllib.request
def test_page(url):
    assert url is None or urllib.request.urlopen(url).read() == b"page\\n"
"""
TIMES: Final = """
import json, os
def pytest_runtest_logreport(report):
    with open(os.environ["TIMES"], "a") as file:
        file.write(json.dumps([report.when, report.duration]) + "\\n")
"""
FIXTURES: Final = {
    "no containers": "@pytest.fixture(scope='session')\ndef url(): return None",
    "ours": "@pytest.fixture(scope='session')\ndef url(stack): return stack['web'].url(8080)",
    "pytest-docker": """
@pytest.fixture(scope="session")
def docker_compose_file(): return {file!r}
@pytest.fixture(scope="session")
def url(docker_ip, docker_services): return f"http://{{docker_ip}}:{{docker_services.port_for('web', 8080)}}/"
@pytest.fixture(scope="session")
def docker_setup(): return ["up --wait"]
@pytest.fixture(scope="session")
def docker_cleanup(): return ["down -v"]
""",
    "testcontainers": """
from testcontainers.compose import DockerCompose
@pytest.fixture(scope="session")
def url():
    with DockerCompose({folder!r}, compose_file_name="compose.yaml") as stack:
        yield f"http://127.0.0.1:{{stack.get_service_port('web', 8080)}}/"
""",
}
KEPT: Final = re.compile(r"^kept: (\S+)", re.MULTILINE)


class Row(NamedTuple):
    """One way to have the stack: which fixtures it uses, and with which options."""

    title: str
    fixtures: str
    options: tuple[str, ...] = ()


class Took(NamedTuple):
    """Seconds of one session, and what it wrote."""

    whole: float
    up: float
    down: float
    output: str


ROWS: Final = (
    Row("no containers", "no containers"),
    Row("ours, fresh", "ours"),
    Row("ours, reused", "ours", ("--compose-reuse",)),
    Row("pytest-docker", "pytest-docker"),
    Row("testcontainers", "testcontainers"),
)


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def can_run(row: Row) -> bool:
    """Return whether what a row needs is installed."""
    package = {"pytest-docker": "pytest_docker", "testcontainers": "testcontainers"}.get(row.fixtures)
    if package is None:
        return True
    return find_spec(package) is not None and shutil.which("docker") is not None


def session(folder: Path, row: Row) -> Took:
    """Run pytest once in a folder of its own."""
    where = folder / row.title.replace(", ", "-").replace(" ", "-")
    where.mkdir(exist_ok=True)
    times = where / "times"
    times.unlink(missing_ok=True)
    fixtures = FIXTURES[row.fixtures].format(file=str(folder / "compose.yaml"), folder=str(folder))
    (where / "conftest.py").write_text(f"import pytest\n{fixtures}\n{TIMES}")
    (where / "test_page.py").write_text(TEST)
    (where / "pytest.ini").write_text(f"[pytest]\ncompose_file = {folder / 'compose.yaml'}\n")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"TIMES": str(times), "TESTCONTAINERS_RYUK_DISABLED": "true"}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *row.options],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    whole = time.monotonic() - began
    if done.returncode:
        raise SystemExit(f"{row.title}: {done.stdout}{done.stderr}")
    spent = dict(json.loads(line) for line in times.read_text().splitlines())
    return Took(whole, spent["setup"], spent["teardown"], done.stdout)


def median(values: Sequence[float]) -> str:
    """Return a median and the largest value, in seconds."""
    return f"{statistics.median(values):.2f} ({max(values):.2f})"


def main(arguments: Sequence[str]) -> None:
    """Run all rows in turn, after a first round that does not count, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--interval", default="1s", help="of the health checks")
    parser.add_argument("--only", default="", help="rows whose title begins so, besides the one without containers")
    options, _ = parser.parse_known_args(arguments)
    chosen = [row for row in ROWS if row is ROWS[0] or row.title.startswith(options.only)]
    rows = [row for row in chosen if can_run(row)]
    for row in chosen:
        if row not in rows:
            say(f"left out: {row.title} (the package or `docker compose` is not installed)")
    took: dict[Row, list[Took]] = {row: [] for row in rows}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "compose.yaml").write_text(FILE.format(interval=options.interval))
        kept: set[str] = set()
        try:
            for number in range(options.rounds + 1):
                for row in rows:
                    one = session(folder, row)
                    kept.update(KEPT.findall(one.output))
                    if number:
                        took[row].append(one)
        finally:
            for name in kept:
                subprocess.run(
                    [sys.executable, "-m", "compose", "-p", name, "down", "-v", "-t", "0"], check=True, capture_output=True
                )
    bare = [one.whole for one in took[rows[0]]]
    say(f"{options.rounds} rounds, health interval {options.interval}; a session without containers takes {median(bare)} s")
    say(f"{'seconds':16} {'session':>14} {'up':>14} {'down':>14}")
    for row in rows[1:]:
        cost = [one.whole - none for one, none in zip(took[row], bare, strict=True)]
        up, down = [one.up for one in took[row]], [one.down for one in took[row]]
        say(f"{row.title:16} {median(cost):>14} {median(up):>14} {median(down):>14}")


if __name__ == "__main__":
    main(sys.argv[1:])
