from __future__ import annotations

from compose.engine.subnets import routed

TABLE = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
vpn0\t0000400A\t00000000\t0001\t0\t0\t0\t0000C0FF\t0\t0\t0
"""


def test_routes_are_destinations_without_the_default_one():
    assert routed(TABLE) == ("172.17.0.0/16", "10.64.0.0/10")
