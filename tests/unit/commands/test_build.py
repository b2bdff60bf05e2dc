from __future__ import annotations

import pytest

from compose.base.events import Notice
from compose.build.planning import BuildOptions
from compose.commands.build import build, resolved
from compose.commands.session import GlobalOptions, Session
from compose.commands.stopping import Cancellation
from compose.plan.operation import BuildImage


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("A=1", "B=x=y", "C="), {"A": "1", "B": "x=y", "C": ""}),
        (("HOME", "NOPE"), {"HOME": "/root"}),
        (("A=1", "A=2"), {"A": "2"}),
    ],
)
def test_build_arguments_have_the_values_given_or_those_of_the_environment(given, found):
    assert resolved(given, {"HOME": "/root"}) == found


def dry(folder, text):
    (folder / "compose.yaml").write_text(text)
    warned = []

    def emit(event):
        assert isinstance(event, Notice)
        warned.append(event.diagnostic.code)

    options = GlobalOptions(project_name="p", dry_run=True)
    return Session(options, environ={"FROM_OUTSIDE": "1"}, cwd=str(folder), stop=Cancellation(), emit=emit), warned


def test_a_bare_argument_has_the_value_of_the_project_s_environment(tmp_path):
    session, warned = dry(tmp_path, "services: {web: {build: .}, db: {image: x}}")
    (tmp_path / ".env").write_text("IN_FILE=2\n")
    (step,) = build(session, BuildOptions(), arguments=("FROM_OUTSIDE", "IN_FILE", "NOWHERE")).steps
    assert isinstance(step.operation, BuildImage)
    assert step.operation.args == {"FROM_OUTSIDE": "1", "IN_FILE": "2"}
    assert warned == []


def test_it_is_said_when_nothing_is_to_be_built(tmp_path):
    session, warned = dry(tmp_path, "services: {db: {image: x}}")
    assert build(session, BuildOptions()).steps == ()
    assert warned == ["nothing-to-build"]
