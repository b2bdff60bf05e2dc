from __future__ import annotations

import pytest

from compose.view.listing import show
from compose.view.stats import LISTING, binary_size, cpu_percent, memory, row

SAMPLE = {
    "cpu_stats": {"cpu_usage": {"total_usage": 500}, "system_cpu_usage": 2000, "online_cpus": 2},
    "precpu_stats": {"cpu_usage": {"total_usage": 300}, "system_cpu_usage": 1000},
    "memory_stats": {"usage": 3 * 1024**2, "limit": 4 * 1024**3, "stats": {"inactive_file": 1024**2}},
    "networks": {"eth0": {"rx_bytes": 1000, "tx_bytes": 26}, "eth1": {"rx_bytes": 260, "tx_bytes": 100}},
    "blkio_stats": {
        "io_service_bytes_recursive": [{"op": "Read", "value": 4096}, {"op": "write", "value": 1}, {"op": "Total", "value": 9}]
    },
    "pids_stats": {"current": 3},
}


def test_a_row_as_docker_stats_computes_it():
    shown = row("5b66d1f5aaf2145f3c28", "p-web-1", SAMPLE)
    assert shown == {
        "BlockIO": "4.1kB / 1B",
        "CPUPerc": "40.00%",
        "Container": "5b66d1f5aaf2145f3c28",
        "ID": "5b66d1f5aaf2",
        "MemPerc": "0.05%",
        "MemUsage": "2MiB / 4GiB",
        "Name": "p-web-1",
        "NetIO": "1.26kB / 126B",
        "PIDs": "3",
    }
    assert show(LISTING, [shown], "").startswith("CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %")


def test_a_stopped_container_uses_nothing():
    empty = {
        "cpu_stats": {"cpu_usage": {}},
        "precpu_stats": {},
        "memory_stats": {},
        "blkio_stats": {"io_service_bytes_recursive": None},
    }
    shown = row("1", "n", empty)
    assert (shown["CPUPerc"], shown["MemUsage"], shown["MemPerc"], shown["PIDs"]) == ("0.00%", "0B / 0B", "0.00%", "0")


def test_processors_are_counted_where_the_engine_does_not():
    cpu = {"cpu_usage": {"total_usage": 500, "percpu_usage": [1, 2, 3, 4]}, "system_cpu_usage": 2000}
    assert cpu_percent({**SAMPLE, "cpu_stats": cpu}) == 80.0


@pytest.mark.parametrize("key", ["total_inactive_file", "inactive_file"])
def test_cache_that_can_be_given_back_does_not_count(key):
    assert memory({"memory_stats": {"usage": 100, "limit": 1000, "stats": {key: 40}}}) == (60, 1000)
    assert memory({"memory_stats": {"usage": 100, "limit": 1000, "stats": {key: 400}}}) == (100, 1000)


@pytest.mark.parametrize(("number", "text"), [(0, "0B"), (1023, "1023B"), (1024, "1KiB"), (1_766_000, "1.684MiB")])
def test_binary_sizes(number, text):
    assert binary_size(number) == text
