"""Publishing a project to a registry, fetching one from there, and pinning images to what their registry has now."""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from compose.base.errors import ComposeError, EngineError, fail
from compose.base.reference import Reference, parse_reference
from compose.build.artifact import (
    EMPTY,
    MAIN,
    OCI_INDEX,
    OCI_MANIFEST,
    Layer,
    OciVersion,
    digest_of,
    index,
    manifest,
    parts,
    project_in,
    unpack,
)
from compose.build.cache import cache_directory
from compose.build.registry import Fetched, Registry, RegistryRefused, credentials_of
from compose.engine.port import Call, Engine, path
from compose.model.project import Project

OCI = "oci://"

_INDEXES = {OCI_INDEX, "application/vnd.docker.distribution.manifest.list.v2+json"}
_UNSUPPORTED = {http.client.NOT_FOUND, http.client.NOT_IMPLEMENTED, http.client.METHOD_NOT_ALLOWED}


def open_repository(engine: Engine, reference: Reference, *, insecure: bool = False) -> Registry:
    """Return the repository of a reference, with the user's login; without a registry in it the engine's default is meant.

    Raises:
        ComposeError: `registry-unknown`, the engine tells no default.
    """
    credentials = credentials_of(engine.registry_auth(str(reference)))
    if not reference.registry:
        told = engine.call(Call(method="GET", path="/info")).get("IndexServerAddress") or ""
        host = urlsplit(str(told)).netloc
        if not host:
            raise fail("registry-unknown", f"`{reference}` names no registry", hint="write `registry/name[:tag]`")
        reference = Reference(registry=host, path=reference.repository, tag=reference.tag, digest=reference.digest)
    return Registry(reference, credentials, insecure=insecure)


def publish(
    repository: Registry,
    tag: str,
    layers: Sequence[Layer],
    created: str,
    version: OciVersion | None = None,
    *,
    tell: Callable[[str], None] = lambda _name: None,
) -> bytes:
    """Upload an artifact and return its manifest; without a version the newer form, or the older one if that is refused.

    `tell` is called with the name of each layer before it is sent.

    Raises:
        ComposeError: the registry cannot be reached, lets nobody in, or refuses.
    """
    repository.put_blob(EMPTY)
    for layer in layers:
        tell(layer.name)
        repository.put_blob(layer.content)
    for attempt in ("1.1", "1.0") if version is None else (version,):
        content = manifest(layers, attempt, created)
        try:
            repository.put_manifest(tag, content, OCI_MANIFEST)
        except RegistryRefused:
            if attempt == "1.0" or version is not None:
                raise
        else:
            return content
    raise AssertionError  # the last attempt returns or raises


def publish_application(
    repository: Registry,
    content: bytes,
    images: Sequence[Reference],
    source: Callable[[Reference], Registry],
    *,
    tell: Callable[[str], None] = lambda _name: None,
) -> str:
    """Copy images to the repository of an artifact with this manifest, and tie them together with an index; return its digest.

    Raises:
        ComposeError: as for `publish`.
    """
    described: list[dict[str, Any]] = []
    for image in images:
        tell(str(image))
        origin = source(image)
        found = copy_image(origin, image, repository)
        described.append({"mediaType": found.media_type, "digest": found.digest, "size": len(found.content)})
    told = index(content, described)
    return repository.put_manifest(digest_of(told), told, OCI_INDEX)


def copy_image(origin: Registry, image: Reference, target: Registry) -> Fetched:
    """Copy an image with all its platforms and layers; layers of the same registry are not moved.

    Raises:
        ComposeError: as for `publish`.
    """
    found = origin.manifest(image.wanted)
    _copy(origin, found, target)
    return found


def artifact_fetcher(
    engine: Callable[[], Engine], environ: Mapping[str, str], *, insecure: Collection[str] = ()
) -> Callable[[str], str]:
    """Return what loading needs for `oci://` references: their local path, fetched with the logins `engine` knows.

    The engine is asked for only when there is such a reference. `insecure` are registries that may use plain HTTP.
    """

    def local(text: str) -> str:
        reference = parse_reference(text.removeprefix(OCI))
        repository = open_repository(engine(), reference, insecure=reference.registry in insecure)
        return fetch(repository, reference, cache_directory(environ))

    return local


def fetch(repository: Registry, reference: Reference, cache: Path) -> str:
    """Return the path of the compose file of an artifact, unpacked below `cache` once for each digest.

    Raises:
        ComposeError: `artifact-invalid`, or as for `publish`.
    """
    name = str(reference)
    found = repository.manifest(reference.wanted)
    place = cache / "oci" / found.digest.removeprefix("sha256:")
    if not (place / MAIN).is_file():
        content = found.content
        if found.media_type in _INDEXES:
            content = repository.manifest(project_in(content, name)).content
        _unpack_into(place, unpack((part, repository.blob(part.digest, part.size)) for part in parts(content, name)))
    if not (place / MAIN).is_file():
        raise fail("artifact-invalid", f"{name} has no compose file in it")
    return str(place / MAIN)


def pinned(engine: Engine, project: Project) -> dict[str, str]:
    """Return the images of the services with the digest their registry has for them now, by service.

    Raises:
        ComposeError: `digest-unresolved`, with the registry's words.
    """
    known: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, service in project.services.items():
        if service.image:
            if service.image not in known:
                known[service.image] = pin(engine, service.image)
            found[name] = known[service.image]
    return found


def pin(engine: Engine, text: str) -> str:
    """Return a reference with the digest its registry has for it now. Source: GET /distribution/{name}/json.

    Raises:
        ComposeError: `digest-unresolved`.
    """
    reference = parse_reference(text)
    if reference.digest:
        return text
    try:
        digest = _digest(engine, reference)
    except ComposeError as error:
        told = error.diagnostics[0]
        raise fail("digest-unresolved", f"failed to resolve digest for `{text}`: {told.summary}", hint=told.hint) from error
    return str(parse_reference(reference.familiar).pinned(digest))


def _digest(engine: Engine, reference: Reference) -> str:
    auth = engine.registry_auth(str(reference))
    call = Call(
        method="GET",
        path=path("/distribution/{}/json", reference.familiar),
        headers={"X-Registry-Auth": auth} if auth else {},
    )
    try:
        return str(engine.call(call)["Descriptor"]["digest"])
    except EngineError as error:
        # Podman has no such call; then the registry is asked from here.
        if engine.facts.name == "docker" or error.status not in _UNSUPPORTED:
            raise
    return open_repository(engine, reference).resolve(reference.wanted)


def _copy(origin: Registry, found: Fetched, target: Registry) -> None:
    told: Mapping[str, Any] = json.loads(found.content)
    for one in told.get("manifests") or ():
        _copy(origin, origin.manifest(one["digest"]), target)
    for one in (told.get("config"), *(told.get("layers") or ())):
        if one and not target.has_blob(one["digest"]) and not _mounted(origin, one["digest"], target):
            origin.send_blob(one["digest"], int(one["size"]), target)
    target.put_manifest(found.digest, found.content, found.media_type)


def _mounted(origin: Registry, digest: str, target: Registry) -> bool:
    return origin.host == target.host and target.mount_blob(digest, origin.repository)


def _unpack_into(place: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new directory, whole or not at all; another run may have been faster."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    work = Path(tempfile.mkdtemp(dir=place.parent, prefix=".fetch-"))
    try:
        for name, content in files.items():
            (work / name).write_bytes(content)
        work.rename(place)
    except OSError as error:
        if not place.is_dir():
            raise fail("artifact-unwritable", f"cannot unpack an artifact to `{place}`: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
