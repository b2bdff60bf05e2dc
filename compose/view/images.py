"""Rows of `images`: the images that a project's containers were made from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from compose.state.observed import ContainerState, ImageState
from compose.view import human
from compose.view.go_template import Record
from compose.view.listing import Listing
from compose.view.tables import WIDE

_NONE: Final = "<none>"
_SHORT_ID: Final = 12
_DIGITS: Final = 3

LISTING: Final = Listing(
    columns=(
        ("CONTAINER", "Container"),
        ("REPOSITORY", "Repository"),
        ("TAG", "Tag"),
        ("PLATFORM", "Platform"),
        ("IMAGE ID", "ShortId"),
        ("SIZE", "HumanSize"),
        ("CREATED", "Age"),
    ),
    templates=False,
    style=WIDE,
)

Pair = tuple[ContainerState, ImageState | None]
"""A container and its image, None when the engine has it no more."""


def rows(pairs: Iterable[Pair], *, now: float) -> list[Record]:
    """Return a row of the table for each container, by name; `now` in seconds since the epoch."""
    return [_row(container, image, now) for container, image in _sorted(pairs)]


def json_rows(pairs: Iterable[Pair]) -> list[dict[str, object]]:
    """Return what JSON has for each container, by name: the peer's fields, sizes in bytes, times in RFC 3339."""
    return [_json_row(container, image) for container, image in _sorted(pairs)]


def ids(pairs: Iterable[Pair]) -> list[str]:
    """Return each image's id once, without `sha256:`."""
    return list(dict.fromkeys(image.id.removeprefix("sha256:") for _container, image in _sorted(pairs) if image is not None))


def _sorted(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: pair[0].name)


def _row(container: ContainerState, image: ImageState | None, now: float) -> Record:
    if image is None:
        shown = dict.fromkeys(("Repository", "Tag", "Platform", "ShortId", "HumanSize", "Age"), _NONE)
        return Record({"Container": container.name, **shown})
    repository, tag = _name(image, container)
    created = _moment(image.created)
    return Record(
        {
            "Container": container.name,
            "Repository": repository,
            "Tag": tag,
            "Platform": _platform(image),
            "ShortId": image.id.removeprefix("sha256:")[:_SHORT_ID],
            "HumanSize": human.size(image.size, _DIGITS),
            "Age": human.ago(now - created.timestamp()) if created is not None else "N/A",
        }
    )


def _json_row(container: ContainerState, image: ImageState | None) -> dict[str, object]:
    if image is None:
        return {"ID": "", "ContainerName": container.name, "Repository": "", "Tag": "", "Platform": "", "Size": 0}
    repository, tag = _name(image, container)
    row: dict[str, object] = {
        "ID": image.id,
        "ContainerName": container.name,
        "Repository": repository,
        "Tag": tag,
        "Platform": _platform(image),
        "Size": image.size,
    }
    if _moment(image.created) is not None:
        row["Created"] = image.created
    if image.last_tagged is not None:
        row["LastTagTime"] = image.last_tag_time
    return row


def _name(image: ImageState, container: ContainerState) -> tuple[str, str]:
    """Return repository and tag: the reference the container names when the image has it, else its first."""
    tags = list(image.repo_tags)
    wanted = container.image if ":" in container.image.rpartition("/")[2] else f"{container.image}:latest"
    name = wanted if wanted in tags else tags[0] if tags else ""
    repository, _, tag = name.rpartition(":")
    if repository:
        return repository, tag
    digests = image.repo_digests
    return (digests[0].partition("@")[0], _NONE) if digests else (_NONE, _NONE)


def _platform(image: ImageState) -> str:
    return "/".join(part for part in (image.os, image.architecture, image.variant) if part)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.year > 1 else None
