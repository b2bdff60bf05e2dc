import pytest

from compose.engine.private_cgroups import plan_mounts

NEEDED = ("cpuset", "cpu", "cpuacct", "blkio", "memory", "devices", "freezer", "pids")


def controllers(**hierarchies):
    rows = [f"{name}\t{hierarchies.get(name, 0)}\t4\t1" for name in NEEDED]
    return "\n".join(["#subsys_name\thierarchy\tnum_cgroups\tenabled", *rows, "net_cls\t0\t1\t1"])


def v1(*names):
    return "".join(f"cgroup /sys/fs/cgroup/{name} cgroup rw,relatime,{name} 0 0\n" for name in names)


def targets(mounts):
    return [(mount.kind, mount.target, mount.options) for mount in mounts]


@pytest.mark.parametrize(
    "mounts",
    ["cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n" + v1(*NEEDED)],
)
def test_nothing_is_mounted_where_all_is_there(mounts):
    assert plan_mounts(controllers(**dict.fromkeys(NEEDED, 3)), mounts) == ()


def test_version_2_is_taken_when_nothing_is_mounted_and_no_controller_is_used():
    assert targets(plan_mounts(controllers(), "proc /proc proc rw 0 0\n")) == [("cgroup2", "/sys/fs/cgroup", "")]


def test_version_1_is_taken_when_the_kernel_has_its_controllers_there():
    mounts = plan_mounts(controllers(cpu=1, cpuacct=1, memory=2, devices=3), "proc /proc proc rw 0 0\n")

    assert targets(mounts)[0] == ("tmpfs", "/sys/fs/cgroup", "mode=755")
    assert ("cgroup", "/sys/fs/cgroup/cpu,cpuacct", "cpu,cpuacct") in targets(mounts)
    assert ("cgroup", "/sys/fs/cgroup/devices", "devices") in targets(mounts)


def test_only_missing_controllers_are_added():
    mounts = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n" + v1("cpu", "cpuacct", "cpuset", "memory", "blkio", "pids")

    assert targets(plan_mounts(controllers(memory=5), mounts)) == [
        ("cgroup", "/sys/fs/cgroup/devices", "devices"),
        ("cgroup", "/sys/fs/cgroup/freezer", "freezer"),
    ]


def test_controllers_the_kernel_has_switched_off_are_not_asked_for():
    text = controllers(cpu=1).replace("freezer\t0\t4\t1", "freezer\t0\t4\t0")

    assert "/sys/fs/cgroup/freezer" not in [target for _, target, _ in targets(plan_mounts(text, ""))]
