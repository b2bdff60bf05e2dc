"""From a save on the host until the container has it: this tool's `watch` and another one's, in alternating turns.

A process in each container reads the file again and again and tells through a bind mount what it read.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

FILE = """
services:
  web:
    image: busybox
    init: true
    stop_signal: SIGKILL
    network_mode: none
    command:
      - sh
      - -c
      - |
        last=; while :; do
          x=; { read -r x < /work/src/f; } 2>/dev/null
          [ "$$x" = "$$last" ] || { last=$$x; echo "$$x" > /out/seen; }
          read -r -t 0.002 _
        done
    stdin_open: true
    volumes: ["./out:/out"]
    develop: {watch: [{action: sync, path: ./src, target: /work/src}]}
"""
DEADLINE = 60.0


class Watched:
    """One tool that watches a project of its own."""

    def __init__(self, tool: str, folder: Path) -> None:
        self.folder = folder
        for name in ("src", "out"):
            (folder / name).mkdir()
        (folder / "compose.yaml").write_text(FILE)
        self.command = [*shlex.split(tool), "-p", f"bench-watch-{uuid.uuid4().hex[:8]}"]
        self.process = subprocess.Popen(
            [*self.command, "watch"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "watch enabled" in line.lower():
                return
        sys.exit(f"{tool} does not watch")

    def save(self, others: int) -> float:
        """Save a file, after others, and return the seconds until the container has it."""
        token = uuid.uuid4().hex
        for number in range(others):
            (self.folder / "src" / f"other{number}").write_text(token * 60)
        began = time.perf_counter()
        (self.folder / "src" / "f").write_text(f"{token}\n")
        while time.perf_counter() - began < DEADLINE:
            if (self.folder / "out" / "seen").exists() and (self.folder / "out" / "seen").read_text().strip() == token:
                return time.perf_counter() - began
            time.sleep(0.001)
        return float("inf")

    def close(self) -> None:
        """End watching and remove the project."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
        subprocess.run([*self.command, "down", "-t", "0"], cwd=self.folder, capture_output=True, check=False)


def main() -> None:
    """Read the arguments, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default=f"{sys.executable} -m compose")
    parser.add_argument("--peer", default="docker compose")
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        tools = {}
        for name in ("ours", "peer"):
            (Path(base) / name).mkdir()
            tools[name] = Watched(getattr(arguments, name), Path(base) / name)
        sys.stdout.write(f"{'files':>6} {'ours ms':>9} {'peer ms':>9} {'ratio':>7}\n")
        for others in (0, 99, 999):
            took: dict[str, list[float]] = {"ours": [], "peer": []}
            for _ in range(arguments.runs):
                for name, tool in tools.items():
                    took[name].append(tool.save(others) * 1000)
                    time.sleep(0.7)
            ours, peer = statistics.median(took["ours"]), statistics.median(took["peer"])
            sys.stdout.write(f"{others + 1:6} {ours:9.1f} {peer:9.1f} {ours / peer:7.2f}\n")
            sys.stdout.flush()
        for tool in tools.values():
            tool.close()


if __name__ == "__main__":
    main()
