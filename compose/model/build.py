"""`services.*.build`."""

from compose.base.units import ByteSize
from compose.model.spec import Extensible
from compose.model.storage import FileReference


class Ulimit(Extensible, frozen=True, kw_only=True):
    """A limit; written as one number in a file (`single`), or as soft and hard."""

    single: int | None = None
    soft: int | None = None
    hard: int | None = None


class Build(Extensible, frozen=True, kw_only=True):
    """How an image is built; `context` is absolute, or a URL, `dockerfile` relative to it."""

    context: str = ""
    dockerfile: str = ""
    dockerfile_inline: str = ""
    entitlements: tuple[str, ...] = ()
    args: dict[str, str | None] = {}
    provenance: str = ""
    sbom: str = ""
    ssh: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()
    no_cache: bool = False
    no_cache_filter: tuple[str, ...] = ()
    additional_contexts: dict[str, str] = {}
    pull: bool = False
    extra_hosts: tuple[str, ...] = ()
    isolation: str = ""
    network: str = ""
    target: str = ""
    secrets: tuple[FileReference, ...] = ()
    shm_size: ByteSize | None = None
    tags: tuple[str, ...] = ()
    ulimits: dict[str, Ulimit] = {}
    platforms: tuple[str, ...] = ()
    privileged: bool = False
