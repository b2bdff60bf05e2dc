from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.build.publishing import PublishOptions, plan_publish
from compose.model.build import Build
from compose.model.project import Project
from compose.model.service import Service
from compose.plan.text import render

PROJECT = Project(
    name="shop",
    directory="/shop",
    files=("/shop/compose.yaml", "/shop/over.yaml"),
    services={
        "web": Service(name="web", image="host.test/web:1", build=Build(tags=("host.test/web:also",))),
        "db": Service(name="db", image="postgres"),
    },
)


def test_what_is_built_here_is_pushed_before_the_project_whatever_comes_of_it():
    *pushes, upload = plan_publish(PROJECT, PublishOptions(reference="host.test/shop:1")).steps
    assert [(step.operation.reference, step.optional) for step in pushes] == [
        ("host.test/web:1", True),
        ("host.test/web:also", True),
    ]
    assert (upload.after, upload.settled) == ((), tuple(step.id for step in pushes))
    assert upload.operation.files == ("compose.yaml", "over.yaml")
    assert (upload.operation.pins, upload.operation.services) == (False, ())


def test_an_application_pins_and_copies_the_images_of_all_services():
    options = PublishOptions(reference="host.test/shop", application=True, version="1.0")
    operation = plan_publish(PROJECT, options).steps[-1].operation
    assert (operation.pins, operation.services, operation.version) == (True, ("web", "db"), "1.0")


def test_the_plan_reads_well():
    text = render(plan_publish(PROJECT, PublishOptions(reference="host.test/shop:1")))
    assert "host.test/shop:1\n  * publish: publishing was asked for\n" in text
    assert text.endswith("Plan: 2 images to push, 1 project to publish.\n")


def test_a_reference_that_is_none():
    with pytest.raises(ComposeError, match="invalid reference format"):
        plan_publish(PROJECT, PublishOptions(reference="Host/Shop"))
