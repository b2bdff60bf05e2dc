"""Time the planner on a large project, without an engine.

    python tests/benchmarks/planning.py [--services 1000] [--runs 5]

Each service depends on the one before; a first `up`, one with nothing to do and one that replaces everything are planned.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable

from msgspec.structs import replace

from compose.base import labels
from compose.model.network import Network
from compose.model.project import Project
from compose.model.service import Service, ServiceDependency
from compose.payload.container import render_container
from compose.payload.hash import network_hash
from compose.plan.encode import save
from compose.plan.options import UpOptions
from compose.plan.plan import Plan
from compose.plan.text import render
from compose.plan.up import plan_up
from compose.state.observed import ContainerState, EngineFacts, ImageState, NetworkState, Observed

FACTS = EngineFacts(api_version=(1, 51), arch="amd64")
IMAGE = ImageState(reference="busybox", id="sha256:box", identity="sha256:box")
NETWORK = Network(name="large_default")


def project(count: int) -> Project:
    """Return a chain of `count` services."""
    services = {}
    for number in range(count):
        needs = {f"s{number - 1:04}": ServiceDependency(condition="service_healthy")} if number else {}
        services[f"s{number:04}"] = Service(
            name=f"s{number:04}",
            image="busybox",
            command=("sleep", "1000"),
            environment={"NUMBER": str(number), "MODE": "test"},
            depends_on=needs,
            networks={"default": None},
        )
    return Project(name="large", directory="/large", services=services, networks={"default": NETWORK})


def running(wanted: Project) -> Observed:
    """Return the state in which everything is up and healthy."""
    containers = []
    for name, service in wanted.services.items():
        payload = render_container(wanted, service, 1, FACTS)
        containers.append(
            ContainerState(
                id=name.ljust(64, "0"),
                name=payload.name,
                service=name,
                number=1,
                config_hash=payload.hash,
                state="running",
                health="healthy",
                image_id="sha256:box",
                labels={**payload.body["Labels"], labels.IMAGE: "sha256:box"},
                networks={"large_default": "net"},
            )
        )
    network = NetworkState(id="net", name="large_default", key="default", project="large", config_hash=network_hash(NETWORK))
    return Observed(project="large", engine=FACTS, containers=tuple(containers), networks=(network,), images={"busybox": IMAGE})


def timed(title: str, runs: int, act: Callable[[], Plan | str | bytes]) -> None:
    """Print the median seconds of `runs` calls."""
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        result = act()
        seconds.append(time.perf_counter() - begin)
    steps = f"{len(result.steps)} steps" if isinstance(result, Plan) else f"{len(result)} characters"
    sys.stdout.write(f"{title:<24} {statistics.median(seconds):7.3f} s   {steps}\n")


def main() -> None:
    """Plan a first `up`, a second one, and one that replaces everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    given, _ = parser.parse_known_args()
    wanted = project(given.services)
    empty = Observed(project="large", engine=FACTS, images={"busybox": IMAGE})
    up = running(wanted)
    changed = replace(up, containers=tuple(replace(one, config_hash="old") for one in up.containers))
    timed("first up", given.runs, lambda: plan_up(wanted, empty, UpOptions()))
    timed("nothing to do", given.runs, lambda: plan_up(wanted, up, UpOptions()))
    timed("everything replaced", given.runs, lambda: plan_up(wanted, changed, UpOptions()))
    plan = plan_up(wanted, changed, UpOptions())
    timed("as text", given.runs, lambda: render(plan))
    timed("as JSON", given.runs, lambda: save(plan, changed))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"most memory: {peak:.0f} MB\n")


if __name__ == "__main__":
    main()
