import pytest

from compose.base.errors import ComposeError
from compose.engine import install as module
from compose.engine.install import install

APT = '#!/bin/sh\necho "apt-get $*" >> {log}\ncat {policy} >> {log} 2>/dev/null\nexit {code}\n'
SUDO = '#!/bin/sh\necho sudo >> {log}\nexec "$@"\n'


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose apt-get only writes down how it was called."""

    class Machine:
        calls = tmp_path / "calls"
        policy = tmp_path / "policy-rc.d"
        log = tmp_path / "install.log"

        def program(self, name, text, code=0):
            file = tmp_path / "bin" / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text.format(log=self.calls, policy=self.policy, code=code))
            file.chmod(0o755)

        def install(self):
            install(("docker.io", "iptables"), {"PATH": f"{tmp_path}/bin:/usr/bin:/bin"}, self.log)

        def lines(self):
            return self.calls.read_text().splitlines()

    machine = Machine()
    monkeypatch.setattr(module, "_POLICY", machine.policy)
    monkeypatch.setattr(module, "_APPARMOR", tmp_path / "apparmor")
    monkeypatch.setattr(module.os, "geteuid", lambda: 0)
    machine.program("apt-get", APT)
    return machine


def test_packages_are_installed_without_recommended_ones_and_without_starting_services(machine):
    machine.install()

    assert machine.lines() == [
        "apt-get -o DPkg::Lock::Timeout=120 update",
        "#!/bin/sh",
        "exit 101",
        "apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends docker.io iptables",
        "#!/bin/sh",
        "exit 101",
    ]
    assert not machine.policy.exists()


def test_a_policy_of_the_machine_s_own_stays(machine):
    machine.policy.write_text("own\n")

    machine.install()

    assert machine.policy.read_text() == "own\n"


def test_a_kernel_with_apparmor_needs_its_tool(machine, tmp_path):
    (tmp_path / "apparmor").write_text("Y\n")

    machine.install()

    assert "docker.io iptables apparmor" in machine.calls.read_text()


def test_other_users_go_through_sudo(machine, monkeypatch):
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    machine.program("sudo", SUDO)

    machine.install()

    assert machine.lines()[:2] == ["sudo", "apt-get -o DPkg::Lock::Timeout=120 update"]
    assert not machine.policy.exists()


def test_a_failure_shows_the_end_of_what_apt_said_and_takes_the_policy_back(machine):
    machine.program("apt-get", "#!/bin/sh\necho E: no such package\nexit 100\n")

    with pytest.raises(ComposeError) as caught:
        machine.install()

    assert caught.value.diagnostics[0].code == "engine-install-failed"
    assert "E: no such package" in caught.value.diagnostics[0].detail
    assert not machine.policy.exists()


def test_other_systems_are_told_so(machine, monkeypatch):
    monkeypatch.setattr(module, "find_program", lambda _name, _environ: None)

    with pytest.raises(ComposeError) as caught:
        machine.install()

    assert caught.value.diagnostics[0].code == "engine-install-unsupported"


def test_without_rights_nothing_is_tried(machine, monkeypatch):
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(module, "find_program", lambda name, _environ: "/bin/x" if name == "apt-get" else None)

    with pytest.raises(ComposeError) as caught:
        machine.install()

    assert caught.value.diagnostics[0].code == "engine-install-rights"
    assert not machine.calls.exists()
