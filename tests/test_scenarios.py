"""The list of end-to-end scenarios names tests that are there."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

E2E = Path(__file__).parent / "e2e"
PODMAN = tomllib.loads((E2E / "podman.toml").read_text())
LIST = tomllib.loads((E2E / "scenarios.toml").read_text())


def functions(file):
    tree = ast.parse((E2E / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_scenario_is_covered_by_a_test_that_is_there_or_said_to_be_open():
    named = {test for tests in LIST["covered"].values() for test in tests}
    there = {f"{file}::{name}" for file in {test.partition("::")[0] for test in named} for name in functions(file)}
    assert named - there == set()
    assert not LIST["covered"].keys() & LIST["open"].keys()
    assert len(LIST["covered"]) + len(LIST["open"]) == 103


def test_what_podman_cannot_do_is_tested():
    for module, answers in PODMAN.items():
        assert answers.keys() <= functions(f"{module}.py")
        assert all(answers.values())
