"""What engine tests share: which engine, a project name of their own, and proof that nothing stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from hypothesis import settings

from compose.engine.private_process import find_program

# The suite gives the same result everywhere: generated cases are those of the test's own text, however slow the machine.
settings.register_profile("suite", derandomize=True, deadline=None, database=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

PROJECT_LABEL = "com.docker.compose.project"
PROGRAMS = ("dockerd", "containerd", "runc", "iptables", "ip")
IMAGES = Path(__file__).parents[1] / "samples" / "images"
REPORT = pytest.StashKey[dict[str, pytest.TestReport]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Keep each phase's report, so that a fixture can tell a failed test from a passed one."""
    report = yield
    item.stash.setdefault(REPORT, {})[report.when] = report
    return report


@pytest.fixture(scope="session")
def engine_host() -> str:
    """The endpoint that DOCKER_HOST names; tests that need one fail without it, they never skip."""
    host = os.environ.get("DOCKER_HOST", "")
    if not host:
        pytest.fail("DOCKER_HOST names no engine: `make test` starts one, or `compose engine start` and export it")
    return host


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables by which dockerd is found: nothing where it is installed, else Debian's packages, unpacked."""
    if all(find_program(name, os.environ) for name in PROGRAMS):
        return {}
    root = tmp_path_factory.mktemp("programs")
    script = (
        "import sys, pathlib, subprocess; sys.path.insert(0, sys.argv[1]); import debian\n"
        "packages = debian.Packages(pathlib.Path(sys.argv[2], 'apt'))\n"
        "for archive in packages.download(packages.closure(('docker.io', 'iptables', 'iproute2'))):\n"
        "    subprocess.run(('dpkg-deb', '--extract', str(archive), sys.argv[2]), check=True)\n"
    )
    subprocess.run((sys.executable, "-c", script, str(IMAGES), str(root)), check=True)
    for name in ("iptables", "ip6tables"):
        (root / "usr/sbin" / name).unlink(missing_ok=True)
        (root / "usr/sbin" / name).symlink_to("xtables-nft-multi")
    folders = [root / part for part in ("usr/sbin", "usr/bin", "sbin", "bin")]
    libraries = {str(file.parent) for file in root.rglob("lib*.so*") if "xtables" not in file.parts}
    return {
        "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]),
        "LD_LIBRARY_PATH": os.pathsep.join(sorted(libraries)),
        "XTABLES_LIBDIR": str(next(root.rglob("xtables"))),
    }


@pytest.fixture
def project_name(request: pytest.FixtureRequest, engine_host: str) -> Iterator[str]:
    """A project name nobody else has; what carries its label afterwards is removed, and fails a test that passed."""
    name = f"ct-{uuid.uuid4().hex[:10]}"
    yield name
    left = sweep(engine_host, name)
    call = request.node.stash.get(REPORT, {}).get("call")
    if left and call is not None and call.passed:
        pytest.fail(f"left on the engine: {', '.join(left)}")


def sweep(host: str, project: str) -> list[str]:
    """Remove everything on the engine that carries the project's label, and say what that was."""
    client = docker.DockerClient(base_url=host, timeout=60)
    label = {"label": f"{PROJECT_LABEL}={project}"}
    left = []
    try:
        for container in client.containers.list(all=True, filters=label, ignore_removed=True):
            left.append(f"container {container.name}")
            container.remove(force=True, v=True)
        for network in client.networks.list(filters=label):
            left.append(f"network {network.name}")
            network.remove()
        for volume in client.volumes.list(filters=label):
            left.append(f"volume {volume.name}")
            volume.remove(force=True)
    finally:
        client.close()
    return left
