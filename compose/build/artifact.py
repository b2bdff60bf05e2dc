"""A Compose project as an artifact of a registry: its manifest, and the files it unpacks to; pure.

Source: commands section 9; the media types and annotations are Docker Compose's, so that both tools read each other's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Literal

from compose.base.errors import fail
from compose.base.value import Value
from compose.payload.labels import VERSION

OciVersion = Literal["1.0", "1.1"]

PROJECT = "application/vnd.docker.compose.project"
COMPOSE_FILE = "application/vnd.docker.compose.file+yaml"
ENV_FILE = "application/vnd.docker.compose.envfile"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
EMPTY = b"{}"
"""The content of the config, which says nothing but its type."""

MAIN = "compose.yaml"
"""The file an artifact's compose files unpack to, as its documents in order."""

_EMPTY_OLD = "application/vnd.docker.compose.config.empty.v1+json"
_EMPTY_NEW = "application/vnd.oci.empty.v1+json"
_PREFIX = "com.docker.compose."
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LARGEST = 32 * 1024 * 1024
"""Bytes a file of an artifact may have."""


class Layer(Value, frozen=True, kw_only=True):
    """A file of an artifact: a compose file, one that others extend, or a file of variables."""

    name: str
    content: bytes
    kind: Literal["file", "extends", "env"] = "file"

    @property
    def descriptor(self) -> dict[str, Any]:
        """The layer as the manifest has it."""
        named = "envfile" if self.kind == "env" else "file"
        annotations = {f"{_PREFIX}{named}": self.name, f"{_PREFIX}version": VERSION}
        if self.kind == "extends":
            annotations[f"{_PREFIX}extends"] = "true"
        media_type = ENV_FILE if self.kind == "env" else COMPOSE_FILE
        return {**_described(media_type, self.content), "annotations": annotations}


class Part(Value, frozen=True, kw_only=True):
    """A layer of an artifact that is to be fetched; `name` is that of the file it belongs to."""

    digest: str
    size: int
    name: str


def manifest(layers: Sequence[Layer], version: OciVersion, created: str) -> bytes:
    """Return the manifest of an artifact; `created` is a time as RFC 3339 has it.

    OCI 1.0 has no artifact type: there the type of the config tells what this is.
    """
    new = version == "1.1"
    told: dict[str, Any] = {"schemaVersion": 2, "mediaType": OCI_MANIFEST}
    if new:
        told["artifactType"] = PROJECT
    told["config"] = _described(_EMPTY_NEW if new else _EMPTY_OLD, EMPTY)
    told["layers"] = [layer.descriptor for layer in layers]
    told["annotations"] = {"org.opencontainers.image.created": created}
    return _encoded(told)


def index(project_manifest: bytes, images: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the index of an application: the images (as descriptors) that belong to a project's artifact."""
    told = {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": list(images),
        "subject": {**_described(OCI_MANIFEST, project_manifest), "artifactType": PROJECT},
        "annotations": {f"{_PREFIX}version": VERSION},
    }
    return _encoded(told)


def project_in(content: bytes, reference: str) -> str:
    """Return the digest of the project's manifest in an index.

    Raises:
        ComposeError: `artifact-invalid`, it has none.
    """
    told = _decoded(content, reference)
    for one in (*(told.get("manifests") or ()), told.get("subject")):
        if isinstance(one, dict) and one.get("artifactType") == PROJECT and _DIGEST.fullmatch(str(one.get("digest"))):
            return str(one["digest"])
    raise fail("artifact-invalid", f"OCI index {reference} doesn't refer to compose artifacts")


def parts(content: bytes, reference: str) -> tuple[Part, ...]:
    """Return what a manifest is made of.

    Raises:
        ComposeError: `artifact-invalid`, it is no Compose project, or names files outside of its directory.
    """
    told = _decoded(content, reference)
    config = told.get("config")
    kind = told.get("artifactType") or ""
    old = isinstance(config, dict) and config.get("mediaType") == _EMPTY_OLD
    if kind != PROJECT and not (kind == "" and old):
        raise fail("artifact-invalid", f"{reference} is not a compose project OCI artifact, but `{kind}`")
    layers = told.get("layers")
    found = [_part(layer, reference) for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []
    return tuple(part for part in found if part is not None)


def unpack(contents: Iterable[tuple[Part, bytes]]) -> dict[str, bytes]:
    """Return the files of an artifact by name; compose files become the documents of one."""
    files: dict[str, bytes] = {}
    for part, content in contents:
        before = files.get(part.name)
        files[part.name] = content if before is None else before + b"\n---\n" + content
    return files


def digest_of(content: bytes) -> str:
    """Return the digest of a content."""
    return f"sha256:{sha256(content).hexdigest()}"


def _part(layer: Mapping[str, Any], reference: str) -> Part | None:
    notes = layer.get("annotations") or {}
    media_type, digest, size = layer.get("mediaType"), str(layer.get("digest")), layer.get("size")
    if media_type not in {COMPOSE_FILE, ENV_FILE}:
        return None
    name = MAIN
    if media_type == ENV_FILE:
        name = str(notes.get(f"{_PREFIX}envfile", ""))
    elif f"{_PREFIX}extends" in notes:
        name = str(notes.get(f"{_PREFIX}file", ""))
    is_plain = name not in {"", ".", ".."} and not set(name) & set("/\\\0")
    if not is_plain or not _DIGEST.fullmatch(digest) or not isinstance(size, int) or not 0 <= size <= _LARGEST:
        raise fail("artifact-invalid", f"invalid OCI artifact {reference}: a layer `{name}` that cannot be unpacked")
    return Part(digest=digest, size=size, name=name)


def _described(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def _encoded(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode()


def _decoded(content: bytes, reference: str) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError as error:
        raise fail("artifact-invalid", f"{reference} has a manifest that is no JSON") from error
    return told if isinstance(told, dict) else {}
