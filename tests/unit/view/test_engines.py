from __future__ import annotations

import re

from compose.engine.endpoint import Candidate, Endpoint
from compose.state.observed import EngineFacts
from compose.view.engines import facts, places


def test_every_place_says_what_was_found_there():
    found = [
        Candidate(endpoint=Endpoint(url="unix:///a", source="DOCKER_HOST"), explicit=True),
        Candidate(endpoint=Endpoint(url="unix:///b", source="default socket"), answered=False, reason="no such file"),
        Candidate(endpoint=Endpoint(url="unix:///c", source="podman"), answered=True),
    ]
    assert [re.split(" {2,}", line) for line in places(found, "unix:///a").splitlines()[1:]] == [
        ["*", "unix:///a", "DOCKER_HOST", "not looked at"],
        ["", "unix:///b", "default socket", "no such file"],
        ["", "unix:///c", "podman", "answers"],
    ]


def test_facts_that_are_not_known_are_left_out():
    text = facts(EngineFacts(name="podman", version="5.4.2", api_version=(1, 41), arch="amd64", rootless=True))
    assert text.splitlines() == [
        "Engine:     podman 5.4.2",
        "API:        1.41",
        "Platform:   linux/amd64",
        "Rootless:   yes",
        "Swarm:      no",
    ]
