"""The house style, as far as it can be counted."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import get_args

import compose
from compose.build.handlers import build_handlers
from compose.engine.handlers import HANDLERS
from compose.plan import operation as ops

PACKAGE = Path(compose.__file__).parent
ROOT = PACKAGE.parent
TREES = {file: ast.parse(file.read_text()) for file in sorted(PACKAGE.rglob("*.py"))}
PUBLIC = {PACKAGE, PACKAGE / "testing"}
"""Packages whose names users import; they give them lazily."""
TABLES = {"service_types.py", "catalogue.py", "codes.py"}
"""Files that are tables and may be longer."""


def _functions():
    for file, tree in TREES.items():
        yield from ((file, node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_files_are_short():
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in TREES if file.name not in TABLES}
    assert {file: length for file, length in lengths.items() if length > 450} == {}


def _is_entry(file):
    """Whether a file is where a process's own surroundings come in: the command line, or the Python API."""
    return PACKAGE / "cli" in file.parents or file == PACKAGE / "api" / "loading.py"


def test_functions_are_short():
    declarations = PACKAGE / "cli"
    lengths = {
        f"{file.relative_to(ROOT)} {node.name}": node.end_lineno - node.lineno + 1
        for file, node in _functions()
        if declarations not in file.parents
    }
    assert {function: length for function, length in lengths.items() if length > 50} == {}


def test_every_package_says_what_lives_in_it_and_does_nothing():
    notes = {file: tree for file, tree in TREES.items() if file.name == "__init__.py"}
    assert {file.parent for file in TREES} == {file.parent for file in notes}
    for file, tree in notes.items():
        note = ast.get_docstring(tree) or ""
        assert note, file
        if file.parent not in PUBLIC:
            assert len(note.splitlines()) <= 10, file
            assert len(tree.body) == 1, file


def test_nothing_prints_and_only_the_command_line_reads_the_environment():
    found = []
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            prints = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "input"}
            reads = isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ" and not _is_entry(file)
            if prints or reads:
                found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def test_import_contracts_hold():
    command = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout


def test_every_operation_has_someone_to_carry_it_out():
    executors_own = {ops.WaitCondition, ops.Delay, ops.CheckFailures}
    edges = {ops.BuildImage, ops.PushImage, ops.PublishProject, ops.RunProvider}
    assert callable(build_handlers)
    assert set(get_args(ops.Operation)) == set(HANDLERS) | executors_own | edges
