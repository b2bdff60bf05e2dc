"""Lets a private dockerd share the machine's network with other engines, and takes its traces out of it again.

Two dockerds in one network flush each other's chains, as both call them `DOCKER…`. Ours therefore finds an
`iptables` on its PATH that gives its chains a name of their own and marks its rules with a comment, and has a
default bridge of its own in a range of addresses that nothing else on the machine uses.
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import json
import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from compose.engine.private_home import Home, Traces
from compose.engine.private_process import find_program, run

_TABLES = ("raw", "mangle", "nat", "filter")
_SYSCTLS = (
    "net/ipv4/ip_forward",
    "net/ipv6/conf/all/forwarding",
    "net/ipv6/conf/default/forwarding",
    "net/bridge/bridge-nf-call-iptables",
    "net/bridge/bridge-nf-call-ip6tables",
)
"""Settings dockerd changes when it starts or makes its first network."""

_SUBNETS = (*(f"10.{second}.0.0/24" for second in range(192, 251)), *(f"172.{second}.255.0/24" for second in range(31, 17, -1)))
"""Candidates for the default bridge. Other networks get theirs from dockerd, which avoids what the machine routes;
its option for address pools cannot be used, as with it dockerd deletes `docker0`, whosever it is."""

_SHIM = """\
#!/bin/sh
# Gives the chains of this engine a name of their own and marks its rules, so that several engines can share
# the machine's packet filter and each one's rules can be taken away again.
mark=
for word do
  shift
  case $word in
    DOCKER*) word={tag}${{word#DOCKER}} ;;
    -A|-I|-C|-D|-R|--append|--insert|--check|--delete|--replace) mark=1 ;;
  esac
  set -- "$@" "$word"
done
[ -z "$mark" ] || set -- "$@" -m comment --comment {tag}
exec {program} "$@"
"""


def choose_address(taken: Iterable[str]) -> str:
    """Return an address for a default bridge whose /24 overlaps with none of the networks in `taken`.

    All its candidates in use, the first one is taken.
    """
    networks = [ipaddress.IPv4Network(text, strict=False) for text in taken]
    free = (subnet for subnet in _SUBNETS if not any(network.overlaps(ipaddress.IPv4Network(subnet)) for network in networks))
    subnet = ipaddress.IPv4Network(next(free, _SUBNETS[0]))
    return f"{subnet.network_address + 1}/{subnet.prefixlen}"


def _taken_networks(environ: Mapping[str, str]) -> list[str]:
    """Return the IPv4 networks that the machine routes to or has addresses in; default routes left out."""
    routes = _ip(environ, "-4", "route", "show", "table", "all")
    found = [route["dst"] for route in routes if route.get("type", "unicast") == "unicast" and route["dst"] != "default"]
    for link in _ip(environ, "-4", "address"):
        found.extend(f"{address['local']}/{address['prefixlen']}" for address in link.get("addr_info", ()))
    return found


def shim(program: str, tag: str) -> str:
    """Return the script that stands before iptables for one engine."""
    return _SHIM.format(program=shlex.quote(program), tag=tag)


def choose_filters(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the programs, by family (`iptables`, `ip6tables`), that this kernel's packet filter answers to.

    Of the two kernel interfaces (nftables and the legacy one) the one is taken in which another engine has
    chains already, as what one of them drops the other cannot accept.
    """
    chosen = {}
    for family, in_use in (("iptables", "ip_tables_names"), ("ip6tables", "ip6_tables_names")):
        usable: list[tuple[bool, str]] = []
        for name in (family, f"{family}-nft", f"{family}-legacy"):
            # Asking the legacy interface brings its tables into being, so it is only asked when it is in use.
            if usable and name.endswith("legacy") and not _text(Path("/proc/net", in_use)):
                continue
            program = find_program(name, environ)
            rules = _listing(program, "filter", environ) if program and _listing(program, "nat", environ) is not None else None
            if program and rules is not None:
                usable.append((not any(line.startswith("-N DOCKER") for line in rules), program))
        if usable:
            chosen[family] = min(usable, key=lambda entry: entry[0])[1]
    return chosen


def plan_traces(home: Home, filters: Mapping[str, str], environ: Mapping[str, str]) -> Traces:
    """Return what a dockerd will change in the machine's network, with the values to go back to."""
    policies = {}
    for program in filters.values():
        for line in _listing(program, "filter", environ) or ():
            if line.startswith("-P FORWARD "):
                policies[program] = line.split()[2]
    sysctls = {}
    for name in _SYSCTLS:
        with contextlib.suppress(OSError):
            sysctls[name] = Path("/proc/sys", name).read_text().strip()
    return Traces(
        bridge=f"ce-{home.digest}",
        tag=f"CE{home.digest}",
        filters=tuple(filters.values()),
        sysctls=sysctls,
        policies=policies,
    )


def set_up(home: Home, traces: Traces, filters: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Make the default bridge and the engine's own `iptables` programs.

    Forwarding is switched on here because dockerd, when it has to do that itself, also makes the whole
    machine drop what it forwards.
    """
    home.programs.mkdir(parents=True, exist_ok=True)
    for family, program in filters.items():
        script = home.programs / family
        script.write_text(shim(program, traces.tag))
        script.chmod(0o755)
    with contextlib.suppress(OSError):
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    run("ip", "link", "add", traces.bridge, "type", "bridge", environ=environ)
    run("ip", "address", "replace", choose_address(_taken_networks(environ)), "dev", traces.bridge, environ=environ)
    run("ip", "link", "set", traces.bridge, "up", environ=environ)


def tear_down(home: Home, traces: Traces, environ: Mapping[str, str], *, is_last: bool) -> None:
    """Take away rules, chains and bridges of a dockerd that has ended.

    `is_last`: no other engine uses this network, so kernel settings go back to what they were.
    """
    bridges = {traces.bridge} | bridges_stored(home.data)
    for program in traces.filters:
        for table in _TABLES:
            lines = _listing(program, table, environ) or []
            bridges |= bridges_in(lines, traces.tag)
            for command in undo(lines, traces.tag):
                run(program, "-w", "-t", table, *command, environ=environ)
        if is_last and program in traces.policies:
            run(program, "-w", "-P", "FORWARD", traces.policies[program], environ=environ)
    for bridge in sorted(bridge for bridge in bridges if _is_bridge(bridge)):
        run("ip", "link", "delete", bridge, environ=environ)
    if is_last:
        for name, value in traces.sysctls.items():
            path = Path("/proc/sys", name)
            with contextlib.suppress(OSError):
                if path.read_text().strip() != value:
                    path.write_text(value)


def undo(lines: Iterable[str], tag: str) -> list[list[str]]:
    """Return the commands that remove an engine's rules and chains from a table listed by `iptables -S`."""
    rules, flushes, removals = [], [], []
    for line in lines:
        words = shlex.split(line)
        if _is_rule_of(tag, words):
            rules.append(["-D", *words[1:]])
        elif words[:1] == ["-N"] and words[1].startswith(tag):
            flushes.append(["-F", words[1]])
            removals.append(["-X", words[1]])
    return [*rules, *flushes, *removals]


def bridges_in(lines: Iterable[str], tag: str) -> set[str]:
    """Return the bridges that an engine's rules name (`-i` and `-o`)."""
    found: set[str] = set()
    for line in lines:
        words = shlex.split(line)
        if _is_rule_of(tag, words):
            found.update(after for word, after in itertools.pairwise(words) if word in {"-i", "-o"})
    return {name for name in found if _is_bridge(name)}


def bridges_stored(data: Path) -> set[str]:
    """Return the bridges that dockerd's own database of networks names, also of networks removed since."""
    try:
        text = (data / "network/files/local-kv.db").read_bytes()
    except OSError:
        return set()
    return {match.decode() for match in re.findall(rb"br-[0-9a-f]{12}", text)}


def _is_rule_of(tag: str, words: list[str]) -> bool:
    """Tell whether a listed rule carries the tag as its comment, or belongs or leads to a chain with it."""
    return words[:1] == ["-A"] and any(word.startswith(tag) for word in words)


def _is_bridge(name: str) -> bool:
    return Path("/sys/class/net", name, "bridge").is_dir()


def _listing(program: str, table: str, environ: Mapping[str, str]) -> list[str] | None:
    """Return a table as `iptables -S` prints it; None when this kernel has no such table."""
    result = run(program, "-w", "-t", table, "-S", environ=environ)
    return result.stdout.splitlines() if result.returncode == 0 else None


def _ip(environ: Mapping[str, str], *arguments: str) -> list[dict[str, Any]]:
    result = run("ip", "-json", *arguments, environ=environ)
    return json.loads(result.stdout or "[]") if result.returncode == 0 else []


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
