"""Engines behind ssh, with a program in its place that does what the other side would."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from compose.base.errors import EngineError, EngineUnreachable
from compose.engine.client import HttpEngine
from compose.engine.docker import DockerTransport
from compose.engine.endpoint import Endpoint
from compose.engine.port import Call
from compose.engine.ssh import command

ANSWERS = """#!{python}
import os, sys
with open({log!r}, "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
data = b""
while chunk := os.read(0, 65536):
    data += chunk
    while b"\\r\\n\\r\\n" in data:
        head, _, data = data.partition(b"\\r\\n\\r\\n")
        body = b'{{"ApiVersion": "1.48", "Version": "28.0"}}' if b"/version" in head else b'"OK"'
        os.write(1, b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
"""
REFUSES = """#!{python}
import sys
sys.stderr.write("me@far: Permission denied (publickey).\\n")
sys.exit(255)
"""


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch):
    """Put a program in ssh's place; returns the lines it was called with."""

    def install(text: str):
        program = tmp_path / "bin/ssh"
        program.parent.mkdir()
        log = tmp_path / "log"
        log.write_text("")
        program.write_text(text.format(python=sys.executable, log=str(log)))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))
        return lambda: log.read_text().splitlines()

    return install


def engine(url: str = "ssh://me@far:2222") -> HttpEngine:
    endpoint = Endpoint(url=url, source="test")
    return HttpEngine(endpoint, DockerTransport(endpoint))


def test_one_connection_serves_many_calls(ssh):
    calls = ssh(ANSWERS)
    one = engine()
    assert one.facts.api_version == (1, 48)
    assert [one.call(Call(method="GET", path="/_ping")) for _ in range(3)] == ["OK"] * 3
    one.close()
    (line,) = calls()
    assert line.endswith("-l me -p 2222 -- far docker system dial-stdio")
    assert "ControlMaster=auto" in line


def test_what_ssh_says_is_told(ssh):
    ssh(REFUSES)
    with pytest.raises(EngineUnreachable) as caught:
        _ = engine().facts
    assert "Permission denied (publickey)" in caught.value.diagnostics[0].detail


def test_without_ssh_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="there is no `ssh` program"):
        _ = engine().facts


def test_a_path_is_the_socket_on_the_other_side():
    line = command("ssh://far/run/user/1000/docker.sock", Path("/control"))
    remote = ("docker", "--host", "unix:///run/user/1000/docker.sock", "system", "dial-stdio")
    assert line[line.index("--") + 1 :] == ("far", *remote)
    assert "-l" not in line


def test_a_host_that_looks_like_an_option_is_none():
    line = command("ssh://-oProxyCommand=evil/", Path("/control"))
    assert line.index("--") < line.index("-oproxycommand=evil")
