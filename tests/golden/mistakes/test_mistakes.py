"""Mistakes that people make, and what they are told: one directory for each.

A directory holds the files of the project, perhaps `request.json` (fields of the load request) and `expected.txt`,
the diagnostics as a user sees them. To see what changed after a deliberate change of the words, run with
UPDATE_GOLDEN=1 and read the difference.
"""

import json
import os
from pathlib import Path

import pytest

from compose.base.codes import CODES
from compose.base.errors import ComposeError
from compose.load.pipeline import LoadRequest, load
from compose.view.diagnostics import render_all

CASES = sorted(file.parent for file in Path(__file__).parent.glob("*/expected.txt"))


def told(case):
    """Return what a user is told about the project in a directory, and the codes of it."""
    request = case / "request.json"
    fields = json.loads(request.read_text()) if request.exists() else {}
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    given.setdefault("project_name", "" if "COMPOSE_PROJECT_NAME" in given.get("environment", {}) else "demo")
    try:
        diagnostics = load(LoadRequest(cwd=str(case), **given)).warnings
    except ComposeError as error:
        diagnostics = error.diagnostics
    text = render_all(diagnostics, lambda file: (case / file).read_text(), width=100)
    return text.replace(str(case), "/project"), {diagnostic.code for diagnostic in diagnostics}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_user_is_told(case):
    text, codes = told(case)
    expected = case / "expected.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(text)
    assert text == expected.read_text()
    assert codes
    assert codes <= set(CODES)


def test_there_are_many_cases_and_none_without_expectation():
    directories = [path for path in Path(__file__).parent.iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert len(CASES) == len(directories) >= 80
