from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from compose.plan.encode import shown
from compose.plan.schema import plan_schema

SCHEMA = Path(__file__).parents[3] / "schemas" / "plan.schema.json"


def test_the_schema_that_is_shipped_is_that_of_the_types():
    expected = json.dumps(plan_schema(), indent=2, ensure_ascii=False) + "\n"
    assert SCHEMA.read_text() == expected, "write `compose.plan.schema.plan_schema` to schemas/plan.schema.json"


def test_a_plan_fits_its_schema(new):
    world = new(
        web={
            "depends_on": {"db": {"condition": "service_healthy"}},
            "network_mode": "service:db",
            "post_start": [{"command": ["x"]}],
            "stop_grace_period": "5s",
        },
        db={},
    )
    plan = json.loads(shown(world.up()))
    jsonschema.validate(plan, plan_schema())
    assert {step["operation"]["kind"] for step in plan["steps"]} >= {"create-network", "create-container", "wait-condition"}


@pytest.mark.parametrize("spoil", [{"version": 2}, {"project": None}, {"steps": [{"id": "1"}]}])
def test_what_is_no_plan_does_not_fit(new, spoil):
    plan = json.loads(shown(new(web={}).up())) | spoil
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plan, plan_schema())
