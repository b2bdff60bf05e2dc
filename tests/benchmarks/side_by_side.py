"""Time this tool beside another Compose tool on the same generated stacks, in one run.

    python tests/benchmarks/side_by_side.py --peer 'docker compose' [--runs 5] [--only chain6] [--steps up,noop,down]

Both tools use the engine that DOCKER_HOST names, in turn (ours, peer, ours, ...), each on a project of its own. A ratio is
taken pair by pair and its median is printed: absolute seconds on a shared machine say little. One pair that does not
count comes first; PYTHONDONTWRITEBYTECODE is dropped, since an installed tool comes with its bytecode.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FLAT = "  s{i}:\n    image: busybox\n    command: sleep 100000\n    stop_signal: SIGKILL\n    environment: {{N: '{i}'}}\n"
LINK = (
    "  link{i}:\n    image: busybox\n    init: true\n    stop_signal: SIGKILL\n"
    "    command: sh -c 'sleep 0.2; touch /ready; exec sleep 100000'\n"
    "    healthcheck: {{test: [CMD, test, -f, /ready], interval: 100ms, timeout: 2s, retries: 100}}\n"
)
STEPS = {
    "config": ("config", "-q"),
    "up": ("up", "-d"),
    "noop": ("up", "-d"),
    "ps": ("ps",),
    "logs": ("logs", "-n", "1"),
    "images": ("images",),
    "ls": ("ls",),
    "recreate": ("up", "-d", "--force-recreate"),
    "down": ("down", "-t", "0"),
}


def flat(count: int) -> str:
    """Return `count` services without dependencies."""
    return "services:\n" + "".join(FLAT.format(i=i) for i in range(count))


def chain(count: int) -> str:
    """Return `count` services, each waiting for the one before to be healthy."""
    text = "services:\n"
    for i in range(count):
        text += LINK.format(i=i)
        if i:
            text += f"    depends_on: {{link{i - 1}: {{condition: service_healthy}}}}\n"
    return text


WORKLOADS = {"flat1": flat(1), "flat20": flat(20), "flat100": flat(100), "chain6": chain(6)}


def timed(tool: str, folder: Path, project: str, arguments: tuple[str, ...]) -> float:
    """Run one command to its end and return its seconds; leaves with its output when it fails."""
    begin = time.perf_counter()
    done = subprocess.run(
        [*shlex.split(tool), "-p", project, *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begin
    if done.returncode:
        sys.exit(f"{tool} {shlex.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds


def measure(tool: str, name: str, text: str, steps: list[str]) -> dict[str, float]:
    """Return seconds by step for one tool on a fresh project; `up` and `down` always run."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "compose.yaml").write_text(text)
        project = f"bench-{name}-{int(time.time() * 1000) % 10**8}"
        took = {}
        for step, arguments in STEPS.items():
            if step in steps or step in {"up", "down"}:
                took[step] = timed(tool, Path(folder), project, arguments)
        return took


def main() -> None:
    """Read the arguments, run all pairs, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default=f"{sys.executable} -m compose")
    parser.add_argument("--peer", default="docker compose")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default=",".join(WORKLOADS))
    parser.add_argument("--steps", default=",".join(STEPS))
    arguments = parser.parse_args()
    for tool in (arguments.ours, arguments.peer):
        measure(tool, "flat1", WORKLOADS["flat1"], list(STEPS))
    sys.stdout.write(f"{'workload':10} {'step':10} {'ours':>8} {'peer':>8} {'ratio':>7}  min-max\n")
    for name in arguments.only.split(","):
        pairs = []
        for _ in range(arguments.runs):
            ours = measure(arguments.ours, name, WORKLOADS[name], arguments.steps.split(","))
            pairs.append((ours, measure(arguments.peer, name, WORKLOADS[name], arguments.steps.split(","))))
        for step in pairs[0][0]:
            ratios = [ours[step] / peer[step] for ours, peer in pairs]
            ours_median = statistics.median(ours[step] for ours, _ in pairs)
            peer_median = statistics.median(peer[step] for _, peer in pairs)
            ratio = statistics.median(ratios)
            sys.stdout.write(
                f"{name:10} {step:10} {ours_median:8.3f} {peer_median:8.3f} {ratio:7.2f}  {min(ratios):.2f}-{max(ratios):.2f}\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
