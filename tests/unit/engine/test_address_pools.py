"""A network for which the engine has no subnet left."""

from __future__ import annotations

import pytest

from compose.base import labels
from compose.base.clock import SystemClock
from compose.base.errors import EngineError
from compose.base.events import Notice
from compose.engine import retry
from compose.engine.fake import FakeEngine, calls_to
from compose.engine.fake_script import Fault
from compose.engine.handlers import HANDLERS
from compose.engine.work import Run, Work
from compose.plan import operation as ops
from tests.unit.engine.builders import PROJECT, step

USED_UP = "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network"
SUBNETTED = "all predefined address pools have been fully subnetted"
OVERLAP = "Pool overlaps with other one on this address space"
CREATE = calls_to("POST", "/networks/create")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(retry, "PAUSES", ())


@pytest.fixture
def engine():
    return FakeEngine()


def create(engine, told=None, **body):
    run = Run(engine, PROJECT, SystemClock(), (told if told is not None else []).append)
    operation = ops.CreateNetwork(key="front", name="shop_front", body={"Name": "shop_front", **body})
    return HANDLERS[ops.CreateNetwork](operation, Work(run, step("1", operation)))


def subnets(engine):
    return [call.body["IPAM"]["Config"][0]["Subnet"] for call in engine.calls if CREATE(call) and "IPAM" in call.body]


@pytest.mark.parametrize("message", [USED_UP, SUBNETTED])
def test_it_gets_a_small_one_and_left_over_projects_are_named(engine, message):
    create(engine, Name="old_default", Labels={labels.PROJECT: "old"})
    engine.fail(Fault(matches=CREATE, message=message))
    told = []
    done = create(engine, told)
    assert done.detail == f"in {subnets(engine)[0]}"
    assert subnets(engine)[0].endswith("/24")
    diagnostic = next(event.diagnostic for event in told if isinstance(event, Notice))
    assert diagnostic.code == "address-pools-used-up"
    assert diagnostic.detail == "networks without any container are left of `old`"
    assert "compose -p old down" in diagnostic.hint


def test_somebody_may_be_faster_with_the_same_subnet(engine):
    engine.fail(Fault(matches=CREATE, message=USED_UP))
    engine.fail(Fault(matches=CREATE, message=OVERLAP, status=403, first=1, times=2))
    create(engine)
    assert len(set(subnets(engine))) == len(subnets(engine)) == 2


def test_a_network_with_a_subnet_of_its_own_fails(engine):
    engine.fail(Fault(matches=CREATE, message=USED_UP))
    with pytest.raises(EngineError):
        create(engine, IPAM={"Config": [{"Subnet": "10.0.0.0/24"}]})


def test_other_failures_stay_what_they_are(engine):
    engine.fail(Fault(matches=CREATE, message="no space left on device"))
    with pytest.raises(EngineError, match="no space left"):
        create(engine)
