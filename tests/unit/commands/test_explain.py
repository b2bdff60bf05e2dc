from __future__ import annotations

import pytest

from compose.base.codes import CODES
from compose.base.errors import ComposeError
from compose.commands.explain import is_path, meaning, provenance, unknown_code
from compose.commands.session import GlobalOptions, Session
from compose.commands.stopping import Cancellation

BASE = "services: {web: {image: nginx, environment: [A=1, B=x], ports: ['80:80'], labels: {com.x.y: z, com.x: q}}}\n"
MAIN = """name: shop
services:
  web:
    extends: {file: base.yaml, service: web}
    env_file: [app.env]
    environment: {A: "2", TAG: "$$${TAG:-none}"}
"""


@pytest.fixture
def ask(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "compose.yaml").write_text(MAIN)
    (tmp_path / "app.env").write_text("DB=sqlite\n")
    session = Session(GlobalOptions(), environ={"TAG": "v1"}, cwd=str(tmp_path), stop=Cancellation(), emit=lambda _event: None)
    return lambda path: provenance(session, path)


@pytest.mark.parametrize(
    ("path", "value", "places"),
    [
        ("services.web.environment.A", "2", ["compose.yaml:6", "base.yaml:1"]),
        ("services.web.environment.TAG", "$v1", ["compose.yaml:6"]),
        ("services.web.environment.DB", "sqlite", ["app.env:1"]),
        ("services.web.image", "nginx", ["base.yaml:1"]),
        ("services.web.ports[0].target", 80, ["base.yaml:1"]),
        ("services.web.labels.com.x.y", "z", ["base.yaml:1"]),
        ("services.web.labels.com.x", "q", ["base.yaml:1"]),
        ("services.web.networks.default", None, []),
        ("name", "shop", ["compose.yaml:1"]),
    ],
)
def test_a_value_and_every_place_that_set_it_the_winner_first(ask, path, value, places):
    found = ask(path)
    assert (found.path, found.value) == (path, value)
    assert [f"{layer.span.file}:{layer.span.line}" for layer in found.layers] == places


@pytest.mark.parametrize(
    ("path", "summary", "hint"),
    [
        ("services.wbe.image", "`services` has no `wbe.image`", "did you mean `web`?"),
        ("services.web.imag", "`services.web` has no `imag`", "did you mean `image`?"),
        ("services.web.ports[1]", "`services.web.ports` has no `[1]`", ""),
        ("services.web.ports.x", "`services.web.ports` has no `x`", ""),
        ("services.web.image.x", "`services.web.image` has no `x`", ""),
        ("service.web", "the project has no `service.web`", "did you mean `services`?"),
    ],
)
def test_a_path_that_leads_nowhere_says_where_it_ends(ask, path, summary, hint):
    with pytest.raises(ComposeError) as caught:
        ask(path)
    assert str(caught.value) == summary
    assert caught.value.diagnostics[0].hint == hint


def test_codes_have_meanings():
    assert meaning("unknown-flag") == CODES["unknown-flag"]
    assert meaning("unknow-flag") is None
    assert unknown_code("unknow-flag").diagnostics[0].hint == "did you mean `unknown-flag`?"
    assert "a path such as" in unknown_code("zzzzzzzz").diagnostics[0].hint


@pytest.mark.parametrize(("text", "expected"), [("services.web", True), ("name", True), ("unknown-flag", False)])
def test_a_path_has_dots_or_is_a_top_level_key(text, expected):
    assert is_path(text) is expected
    assert text not in CODES or not expected
