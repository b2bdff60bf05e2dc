import tomllib

import pytest

from compose.base.errors import ComposeError
from compose.engine import private_podman
from compose.engine.private_home import home_of


@pytest.fixture
def home():
    return home_of("p", {"XDG_STATE_HOME": "/state"})


@pytest.mark.parametrize("netavark", [True, False])
def test_configuration_needs_no_systemd_and_stays_in_the_engine_s_directory(home, netavark):
    settings = tomllib.loads(private_podman.configuration(home, netavark=netavark))

    assert settings["engine"] == {"cgroup_manager": "cgroupfs", "events_logger": "file", "lock_type": "file"}
    assert settings["network"]["network_config_dir"] == "/state/compose-reconciler/engine/p/networks"
    assert ("network_backend" in settings["network"]) is netavark


def test_limits_are_those_this_process_has(home, monkeypatch):
    monkeypatch.setattr(private_podman.resource, "getrlimit", lambda _kind: (10, 20))

    settings = tomllib.loads(private_podman.configuration(home, netavark=False))

    assert settings["containers"]["default_ulimits"] == ["nofile=20:20", "nproc=20:20"]


@pytest.mark.parametrize(("root", "extra"), [(True, False), (False, True)])
def test_missing_podman_is_named_with_the_packages_the_user_needs(home, monkeypatch, root, extra):
    monkeypatch.setattr(private_podman, "find_program", lambda _name, _environ: None)

    with pytest.raises(ComposeError) as caught:
        private_podman.plan(home, {}, root=root)

    problem = caught.value.diagnostics[0]
    assert problem.summary == "no program `podman`, `conmon` on this machine"
    assert "compose engine start --podman --install" in problem.hint
    assert ("uidmap" in problem.hint) is extra
