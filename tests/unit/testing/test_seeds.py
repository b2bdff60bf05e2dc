import pytest

from compose.base.errors import ComposeError
from compose.load.pipeline import load
from compose.load.request import LoadRequest
from compose.testing.seeds import seeds

FILE = """
services:
  db: {{image: postgres, volumes: ["data:/data"], environment: {{A: "{value}"}}}}
volumes: {{data: {{x-seed: {seed}}}}}
"""


def seeded(tmp_path, seed="{command: fill, inputs: [./sql]}", value="1"):
    (tmp_path / "compose.yaml").write_text(FILE.format(seed=seed, value=value))
    project = load(LoadRequest(cwd=str(tmp_path), environment={})).project
    return seeds(project, {"XDG_STATE_HOME": str(tmp_path / "state")})


def test_what_decides_what_a_volume_holds_decides_its_file(tmp_path):
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "a.sql").write_text("a")
    [first] = seeded(tmp_path)
    assert (first.place.service, first.place.target, first.command) == ("db", "/data", ("sh", "-c", "fill"))
    assert seeded(tmp_path) == (first,)
    assert seeded(tmp_path, value="2")[0].file != first.file
    (tmp_path / "sql" / "a.sql").write_text("b")
    assert seeded(tmp_path)[0].file != first.file


@pytest.mark.parametrize("seed", ["[fill]", "{comand: fill}", "{command: fill, inputs: [./missing]}"])
def test_a_seed_that_makes_no_sense_is_refused_at_its_place(tmp_path, seed):
    with pytest.raises(ComposeError) as caught:
        seeded(tmp_path, seed)
    assert caught.value.diagnostics[0].code == "bad-seed"
    assert caught.value.diagnostics[0].span is not None
