"""Networks of the same name: what is left of an earlier run that was killed while the engine was still making one.

Before API 1.44 an engine looks for the name and makes the network in two steps, so that two that ask at once both get one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compose.base import labels
from compose.base.errors import EngineError
from compose.base.pattern import lazy_pattern
from compose.engine.errors import NOT_FOUND
from compose.engine.port import Call, Engine, path

if TYPE_CHECKING:
    from compose.engine.work import Run

_AMBIGUOUS: Final = lazy_pattern(r"network (\S+) is ambiguous")


def are_settled(run: Run, error: EngineError) -> bool:
    """Whether a call that failed for two networks of one name may be repeated: the project's surplus ones are removed.

    The one that containers are on stays, else the first that was made; one in use is never removed (DELETE networks/{id}).

    Raises:
        EngineError: the engine could not be asked.
    """
    found = _AMBIGUOUS.search(error.message)
    if found is None:
        return False
    networks = _ours(run.engine, found[1], run.project)
    networks.sort(key=lambda one: (not one.get("Containers"), str(one.get("Created", ""))))
    surplus = [one for one in networks[1:] if not one.get("Containers")]
    for one in surplus:
        _call(run.engine, "DELETE", one["Id"])
    return len(networks) == len(surplus) + 1


def _ours(engine: Engine, name: str, project: str) -> list[dict[str, Any]]:
    listed = engine.call(Call(method="GET", path="/networks", query={"filters": {"name": [name]}}))
    named = [one["Id"] for one in listed or () if one["Name"] == name]
    inspected = [_call(engine, "GET", identifier) for identifier in named]
    return [one for one in inspected if one and (one.get("Labels") or {}).get(labels.PROJECT) == project]


def _call(engine: Engine, method: str, identifier: str) -> dict[str, Any] | None:
    """Do a call on one network; None when it is gone."""
    try:
        answer: dict[str, Any] | None = engine.call(Call(method=method, path=path("/networks/{}", identifier)))
    except EngineError as error:
        if error.status != NOT_FOUND:
            raise
        return None
    return answer
