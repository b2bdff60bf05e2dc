"""Rules about the source as a whole that no linter knows."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

import compose
from compose.base.codes import CODES

PACKAGE = Path(compose.__file__).parent
MAKERS = {"Diagnostic", "Problem"}
"""What has a `code` that a user sees; the codes of reasons in a plan are a vocabulary of their own."""
FIRST = {"fail", "_fail", "_stop", "_refused", "_failed", "unusable", "_warning", "template_error"}
"""Functions that take a code first."""
SECOND = {"add", "add_key", "_error"}
"""Functions that take a code second, or first."""
KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)*")


def _codes(tree):
    """Yield the codes that a module's calls spell out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        for keyword in node.keywords if name in MAKERS else ():
            yield from (text for text in _texts(keyword.value) if keyword.arg == "code" and KEBAB.fullmatch(text))
        places = 2 if name in SECOND else 1 if name in FIRST else 0
        for value in node.args[:places]:
            yield from (text for text in _texts(value) if "-" in text and KEBAB.fullmatch(text))


def _texts(node):
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _used():
    used = defaultdict(set)
    for file in sorted(PACKAGE.rglob("*.py")):
        for code in _codes(ast.parse(file.read_text(encoding="utf-8"))):
            used[code].add(str(file.relative_to(PACKAGE)))
    return used


def test_every_diagnostic_code_is_explained():
    missing = {code: files for code, files in _used().items() if code not in CODES}
    assert missing == {}


def test_every_explained_code_is_used():
    made_from_parts = {code for code in CODES if code.startswith("undefined-")}
    assert set(CODES) - set(_used()) - made_from_parts == set()


@pytest.mark.parametrize("code", sorted(CODES))
def test_codes_are_kebab_case_and_their_texts_sentences(code):
    assert KEBAB.fullmatch(code)
    text = CODES[code]
    assert text[0].isupper() or text[0] == "`"
    assert text.endswith(".")
