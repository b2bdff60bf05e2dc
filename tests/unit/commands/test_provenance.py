from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.commands.config import ConfigOptions, traced
from compose.commands.session import GlobalOptions, Session
from compose.load.encode import to_yaml

BASE = """\
name: p
services:
  web:
    image: nginx:1
    command: run --now
    environment: {A: one, TEXT: "two\\nlines"}
    ports: ["8080:80"]
"""
OVER = """\
services:
  web:
    image: nginx:2
    extends: {service: common, file: common.yaml}
"""
COMMON = "services: {common: {hostname: h}}\n"


@pytest.fixture
def session(tmp_path):
    (tmp_path / "compose.yaml").write_text(BASE)
    (tmp_path / "compose.override.yaml").write_text(OVER)
    (tmp_path / "common.yaml").write_text(COMMON)
    return Session(GlobalOptions(), environ={}, cwd=str(tmp_path), stop=None, emit=list)


def test_every_value_has_a_comment_with_its_places_the_winner_first(session):
    lines = traced(session, ConfigOptions()).splitlines()
    assert "    image: nginx:2  # compose.override.yaml:3:12 over compose.yaml:4:12" in lines
    assert "    hostname: h  # common.yaml:1:31 (extends)" in lines
    assert "      A: one  # compose.yaml:6:22" in lines
    assert "      TEXT: |-  # compose.yaml:6:33" in lines
    assert "      - run  # compose.yaml:5:14" in lines
    assert '        published: "8080"  # compose.yaml:7:13' in lines
    assert "    name: p_default  # implied" in lines


def test_the_comments_change_nothing(session, tmp_path):
    text = traced(session, ConfigOptions())
    (tmp_path / "commented.yaml").write_text(text)
    again = Session(GlobalOptions(files=("commented.yaml",)), environ={}, cwd=str(tmp_path), stop=None, emit=list)
    assert to_yaml(again.load()) == to_yaml(session.load())


def test_as_data_every_value_comes_with_its_layers(session):
    found = {one.path: one for one in traced(session, ConfigOptions(form="json"))}
    image = [str(layer.span) for layer in found["services.web.image"].layers]
    assert image == [
        "compose.override.yaml:3:12",
        "compose.yaml:4:12",
    ]
    assert found["services.web.command[1]"].value == "--now"
    assert found["networks.default.name"].layers == ()


def test_a_tree_without_interpolation_has_none(session):
    with pytest.raises(ComposeError, match="--no-interpolate"):
        traced(session, ConfigOptions(no_interpolate=True))
