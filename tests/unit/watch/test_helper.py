"""The program for containers without a shell, run on this machine."""

from __future__ import annotations

import platform
import subprocess

import pytest

from compose.watch import helper

pytestmark = pytest.mark.skipif(platform.machine() not in helper.MACHINES, reason="the program is for x86-64")


@pytest.fixture
def program(tmp_path):
    file = tmp_path / "program"
    file.write_bytes(helper.program())
    file.chmod(0o755)
    return file


def test_it_removes_and_renames_and_goes(tmp_path, program):
    (tmp_path / "folder" / "below").mkdir(parents=True)
    (tmp_path / "folder" / "below" / "x").write_text("x")
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    removals = [f"{tmp_path}/{name}" for name in ("folder", "folder/below", "folder/below/x", "link", "gone")]
    commands = list(helper.runs(str(program), removals, [(f"{tmp_path}/new", f"{tmp_path}/old")]))
    assert [subprocess.run(command, check=False, timeout=10).returncode for command in commands] == [0]
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("old", "new")]


def test_it_counts_what_failed(tmp_path, program):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    done = subprocess.run([program, f"-{tmp_path}/full", f"{tmp_path}/nothing", f"{tmp_path}/x"], check=False, timeout=10)
    assert done.returncode == 2


def test_many_orders_take_several_runs():
    commands = list(helper.runs("/p", [f"/{'x' * 100}/{n}" for n in range(500)], []))
    assert len(commands) > 1
    assert sum(len(command) - 1 for command in commands) == 501
    assert commands[-1][-1] == "-/p"
