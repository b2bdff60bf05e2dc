"""What `config` writes is a Compose file that says the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = sorted([*(ROOT / "tests/differential/projects").glob("*.yaml"), *(ROOT / "samples").glob("*/compose*.yaml")])


def config(file, folder, *flags, text=None):
    command = [sys.executable, "-m", "compose", "-p", "again", "--project-directory", folder, "-f", file]
    done = subprocess.run([*command, "config", *flags], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_files():
    assert len(FILES) > 5


# In JSON the peer names the fields of `blkio_config` devices as its own types do (`Path`, `Weight`), and so do we.
NOT_AS_JSON = {"resources"}


@pytest.mark.parametrize("flags", [(), ("--format", "json")], ids=["yaml", "json"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_config_fed_back_gives_the_same(file, flags):
    if flags and file.stem in NOT_AS_JSON:
        pytest.skip("its JSON has names that no Compose file has")
    first = config(file, file.parent, *flags)
    assert config("-", file.parent, *flags, text=first) == first


# What the peer writes as well, and does not load again either: such files say what no file of the canonical form can.
ODD = {
    "an optional dependency on a service that no profile enables": (
        "services: {a: {image: i, depends_on: {b: {condition: service_started, required: false}}}, b: {image: i, profiles: [p]}}",
        "unknown-service",
    ),
    "a label without a name": ("services: {a: {image: i, labels: ['=x']}}", "unknown-key"),
    "a device without a source": ("services: {a: {image: i, devices: [':/dev/x']}}", "missing-key"),
}


@pytest.mark.parametrize(("text", "code"), ODD.values(), ids=ODD)
def test_what_cannot_be_fed_back_is_refused_with_its_place(text, code, tmp_path):
    written = config("-", tmp_path, text=text)
    command = [sys.executable, "-m", "compose", "-p", "again", "-f", "-", "config", "-q"]
    done = subprocess.run(command, cwd=tmp_path, input=written, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"error[{code}]" in done.stderr
    assert " --> -:" in done.stderr
