"""What cannot be merged is told with both places, and leaves the base as it was."""

import pytest


@pytest.mark.parametrize(
    ("base", "override", "path"),
    [
        ("healthcheck: {test: a}", "healthcheck: [a]", "services.s.healthcheck"),
        ("cap_add: [A]", "cap_add: A", "services.s.cap_add"),
        ("deploy: {replicas: 1}", "deploy: x", "services.s.deploy"),
        ("depends_on: [a]", "depends_on: a", "services.s.depends_on"),
        ("environment: {A: 1}", "environment: 5", "services.s.environment"),
        ("logging: {driver: a}", "logging: a", "services.s.logging"),
        ("volumes: [/a]", "volumes: {a: b}", "services.s.volumes"),
        ("extra_hosts: [a=1.1.1.1]", "extra_hosts: 5", "services.s.extra_hosts"),
        ("build: {context: .}", "build: [a]", "services.s.build"),
    ],
)
def test_kinds_that_do_not_fit(base, override, path, clash):
    (problem,) = clash(base, override)
    assert problem.summary == f"cannot override {path}"
    assert problem.span.file == "override.yaml"
    assert problem.span.line in {3, 4}
    assert problem.notes[0][1] == problem.path
