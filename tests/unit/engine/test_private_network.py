import subprocess

import pytest

from compose.engine.private_network import bridges_in, choose_address, shim, undo

TAG = "CEabc123"

RULES = """\
-P FORWARD DROP
-N DOCKER
-N CEabc123
-N CEabc123-USER
-A FORWARD -j DOCKER
-A FORWARD -o br-0123456789ab -m comment --comment CEabc123 -j CEabc123
-A FORWARD -o docker0 -j ACCEPT
-A CEabc123-USER -m comment --comment CEabc123 -j RETURN
""".splitlines()


@pytest.mark.parametrize(
    ("taken", "address"),
    [
        ([], "10.192.0.1/24"),
        (["10.192.0.7/24"], "10.193.0.1/24"),
        (["10.192.0.0/11"], "10.224.0.1/24"),
        (["172.17.0.0/16", "192.0.2.0/24"], "10.192.0.1/24"),
        (["10.0.0.0/8"], "172.31.255.1/24"),
        (["0.0.0.0/1", "128.0.0.0/1"], "10.192.0.1/24"),
    ],
)
def test_default_bridge_takes_a_range_nobody_has(taken, address):
    assert choose_address(taken) == address


def test_only_the_engine_s_own_rules_and_chains_are_removed_rules_first():
    assert undo(RULES, TAG) == [
        ["-D", "FORWARD", "-o", "br-0123456789ab", "-m", "comment", "--comment", TAG, "-j", TAG],
        ["-D", "CEabc123-USER", "-m", "comment", "--comment", TAG, "-j", "RETURN"],
        ["-F", "CEabc123"],
        ["-F", "CEabc123-USER"],
        ["-X", "CEabc123"],
        ["-X", "CEabc123-USER"],
    ]


def test_interfaces_that_are_no_bridges_are_never_named_for_removal():
    line = f"-A FORWARD -i lo ! -o gone0 -m comment --comment {TAG} -j ACCEPT"

    assert bridges_in([line], TAG) == set()


@pytest.mark.parametrize(
    ("given", "run"),
    [
        (
            "--wait -t nat -A DOCKER -i docker0 -j RETURN",
            f"--wait -t nat -A {TAG} -i docker0 -j RETURN -m comment --comment {TAG}",
        ),
        ("-t filter -C FORWARD -j DOCKER-USER", f"-t filter -C FORWARD -j {TAG}-USER -m comment --comment {TAG}"),
        ("--wait -t filter -N DOCKER-ISOLATION-STAGE-1", f"--wait -t filter -N {TAG}-ISOLATION-STAGE-1"),
        ("--wait -t nat -n -L DOCKER", f"--wait -t nat -n -L {TAG}"),
        ("--version", "--version"),
    ],
)
def test_dockerd_s_iptables_renames_chains_and_marks_rules(tmp_path, given, run):
    program = tmp_path / "real tables"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    script = tmp_path / "iptables"
    script.write_text(shim(str(program), TAG))

    result = subprocess.run(("sh", str(script), *given.split()), capture_output=True, text=True, check=True)

    assert result.stdout.strip() == run


def test_the_longest_chain_name_of_dockerd_still_fits_the_kernel():
    longest = "DOCKER-ISOLATION-STAGE-1"

    assert len(TAG + longest.removeprefix("DOCKER")) <= 28
