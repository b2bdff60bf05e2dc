"""The simulated engine of the property tests, for states that plans have made."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

PROPERTY = Path(__file__).parents[2] / "property" / "conftest.py"


@pytest.fixture(scope="session")
def simulator():
    """Makes simulators."""
    spec = importlib.util.spec_from_file_location("simulated_engine", PROPERTY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Simulator
