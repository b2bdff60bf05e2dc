"""Each folder is a case: `before.yaml` is brought up on a simulated engine, then `compose.yaml` is planned.

`options.json` holds the options of the planner (and `command`: up or down). `plan.txt` is the plan in the language of
tests, `people.txt` the text for people. Run with UPDATE_GOLDENS=1 to write both anew, then read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from compose.load.pipeline import load
from compose.load.request import LoadRequest
from compose.model.project import Project
from compose.plan.options import DownOptions, UpOptions
from compose.plan.plan import Plan
from compose.plan.teardown import plan_down
from compose.plan.text import render
from compose.plan.up import plan_up
from compose.state.observed import EngineFacts, ImageState, Observed

HERE = Path(__file__).parent
CASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "compose.yaml").exists())
LOCAL = ("busybox", "postgres:16", "nginx:1")


def project(folder: Path, file: str) -> Project:
    request = LoadRequest(files=(file,), environment={}, cwd=str(folder), project_name="shop", project_directory="/shop")
    return load(request).project


def empty() -> Observed:
    images = {name: ImageState(reference=name, id=f"sha256:{name}", identity=f"sha256:{name}") for name in LOCAL}
    return Observed(project="shop", engine=EngineFacts(api_version=(1, 51), arch="amd64"), images=images)


def planned(folder: Path, simulator: Any) -> Plan:
    engine = simulator(empty(), health=("db",))
    if (folder / "before.yaml").exists():
        before = project(folder, "before.yaml")
        engine.run(plan_up(before, engine.state(), UpOptions()), lambda ready: ready[0])
    given = folder / "options.json"
    options = msgspec.json.decode(given.read_bytes()) if given.exists() else {}
    if options.pop("command", "up") == "down":
        return plan_down(engine.state(), msgspec.convert(options, DownOptions), project(folder, "compose.yaml"))
    return plan_up(project(folder, "compose.yaml"), engine.state(), msgspec.convert(options, UpOptions))


@pytest.mark.parametrize("case", CASES)
def test_plan(simulator, case):
    folder = HERE / case
    plan = planned(folder, simulator)
    warnings = "".join(f"{one.severity}: {one.summary}\n" for one in plan.warnings)
    found = {"plan.txt": f"{plan}\n", "people.txt": render(plan) + warnings}
    if os.environ.get("UPDATE_GOLDENS"):
        for name, text in found.items():
            (folder / name).write_text(text, encoding="utf-8")
    assert found == {name: (folder / name).read_text(encoding="utf-8") for name in found}


def test_there_are_cases():
    assert CASES
