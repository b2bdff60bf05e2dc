"""Rules about single parts of a merged tree that need to know what was written: for every service, enabled or not.

Specification: loading, section 1, step 19.
"""

from __future__ import annotations

from typing import Any

from compose.base.place import Path, dotted
from compose.load.problem import Problem
from compose.load.rules import Findings, Node, Rule, fields, items, values
from compose.load.short_port import is_address
from compose.source.document import Mark


def validate(data: dict[str, Any], *, lenient: bool = False) -> tuple[Problem, ...]:
    """Return what is wrong with single parts of a canonical tree that has its defaults; the tree is not changed.

    `lenient`: the tree was not interpolated, so that text may stand where an address belongs.
    """
    findings = Findings(lenient=lenient)
    _TOP(data, None, (), findings)
    return tuple(findings.problems)


def _external_volume(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    if isinstance(value, dict) and value.get("external") is True:
        for key in value:
            if key not in {"name", "external"} and not key.startswith("x-"):
                summary = f'{dotted(path)}: conflicting parameters "external" and "{key}" specified'
                hint = "an external volume is only used, not made: leave out one of them"
                findings.add_key((*path, key), "external-conflict", summary, hint=hint)
    return value


def _file_object(*sources: str) -> Rule:
    names = "|".join(sources)

    def check(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
        if not isinstance(value, dict):
            return value
        given = [source for source in sources if source in value]
        if len(given) > 1:
            summary = f"{dotted(path)}: {names} attributes are mutually exclusive"
            findings.add_key((*path, given[1]), "exclusive-keys", summary, hint=f"keep one of `{given[0]}` and `{given[1]}`")
        elif not given and "driver" not in value and "external" not in value:
            findings.add_key(path, "missing-key", f"{dotted(path)}: one of {names} must be set", hint="say where it comes from")
        return value

    return check


def _port(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    host_ip = value.get("host_ip") if isinstance(value, dict) else None
    if isinstance(host_ip, str) and not is_address(host_ip) and not (findings.lenient and "$" in host_ip):
        summary = f"{dotted(path)}: invalid ip address: {host_ip}"
        findings.add((*path, "host_ip"), "invalid-address", summary, hint="give an IP address; host names are not possible")
    return value


def _mount(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    if isinstance(value, dict) and value.get("type") == "bind" and "source" not in value:
        summary = 'invalid mount config for type "bind": field Source must not be empty'
        findings.add(path, "missing-source", summary, hint="say what of the host is mounted: `source: ./path`")
    return value


def _watched(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    if value == "":
        findings.add(path, "blank-value", f"{dotted(path)}: value can't be blank", hint="give the path to watch")
    return value


def _device_request(value: Node, _mark: Mark | None, path: Path, findings: Findings) -> Node:
    if isinstance(value, dict) and "count" in value and "device_ids" in value:
        summary = f'{dotted(path)}: "count" and "device_ids" attributes are exclusive'
        findings.add_key((*path, "device_ids"), "exclusive-keys", summary, hint="keep one of them")
    return value


_DEVICES = items(_device_request)
_TOP = fields(
    {
        "volumes": values(_external_volume),
        "configs": values(_file_object("file", "environment", "content")),
        "secrets": values(_file_object("file", "environment")),
        "services": values(
            fields(
                {
                    "ports": items(_port),
                    "develop": fields({"watch": items(fields({"path": _watched}))}),
                    "deploy": fields({"resources": fields({"reservations": fields({"devices": _DEVICES})})}),
                    "gpus": _DEVICES,
                    "volumes": items(_mount),
                }
            )
        ),
    }
)
