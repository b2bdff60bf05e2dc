"""Single facts of a project."""

import pytest

from compose.load import listing
from compose.model.network import Network
from compose.model.project import Project
from compose.model.service import Model, Service, ServiceDependency
from compose.model.storage import Volume

PROJECT = Project(
    name="p",
    directory="/p",
    services={
        "a": Service(name="a", image="redis", depends_on={"z": ServiceDependency()}, profiles=("q",)),
        "z": Service(name="z", depends_on={"m": ServiceDependency()}),
        "m": Service(name="m", image="redis"),
    },
    disabled={"d": Service(name="d", profiles=("debug", "q"))},
    networks={"b": Network(), "a": Network()},
    volumes={"y": Volume(), "x": Volume()},
    models={"one": Model(model="ai/m"), "two": Model(model="ai/m")},
    environment={"B": "2", "A": "1=1"},
)


def test_services_stand_after_what_they_need():
    assert listing.services(PROJECT) == ["m", "z", "a"]


def test_resources():
    assert listing.networks(PROJECT) == ["a", "b"]
    assert listing.volumes(PROJECT) == ["x", "y"]
    assert listing.models(PROJECT) == ["ai/m"]


def test_images_are_one_for_each_service():
    assert listing.images(PROJECT) == ["redis", "redis", "p-z"]


def test_profiles_are_all_that_are_named():
    assert listing.profiles(PROJECT) == ["debug", "q"]


def test_hashes():
    every = listing.hashes(PROJECT)
    assert [name for name, _ in every] == ["a", "m", "z"]
    assert listing.hashes(PROJECT, ["m"]) == [every[1]]
    assert all(len(value) == 64 for _, value in every)
    with pytest.raises(KeyError):
        listing.hashes(PROJECT, ["nothing"])


def test_environment():
    assert listing.environment(PROJECT) == ["A=1=1", "B=2"]
