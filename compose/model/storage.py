"""Mounts of a service, and the project's volumes, secrets and configs."""

from compose.base.units import ByteSize, FileMode
from compose.model.spec import Extensible


class BindOptions(Extensible, frozen=True, kw_only=True):
    """`volumes[].bind`; a missing host path is created unless `create_host_path` is False (None = the file does not say)."""

    selinux: str = ""
    propagation: str = ""
    create_host_path: bool | None = None
    recursive: str = ""


class VolumeOptions(Extensible, frozen=True, kw_only=True):
    """`volumes[].volume`."""

    labels: dict[str, str] = {}
    nocopy: bool = False
    subpath: str = ""


class TmpfsOptions(Extensible, frozen=True, kw_only=True):
    """`volumes[].tmpfs`; `mode` holds permission bits."""

    size: ByteSize | None = None
    mode: int = 0


class ImageOptions(Extensible, frozen=True, kw_only=True):
    """`volumes[].image`."""

    subpath: str = ""


class Mount(Extensible, frozen=True, kw_only=True):
    """One entry of a service's `volumes`.

    `type` is bind, volume, tmpfs, image, npipe or cluster. `source` is an absolute host path (bind), a
    key of the project's volumes (volume), an image or service (image), or empty (anonymous).
    """

    type: str
    source: str = ""
    target: str = ""
    read_only: bool = False
    consistency: str = ""
    bind: BindOptions | None = None
    volume: VolumeOptions | None = None
    tmpfs: TmpfsOptions | None = None
    image: ImageOptions | None = None


class FileReference(Extensible, frozen=True, kw_only=True):
    """One entry of a service's `secrets` or `configs`, or of `build.secrets`."""

    source: str = ""
    target: str = ""
    uid: str = ""
    gid: str = ""
    mode: FileMode | None = None


class Volume(Extensible, frozen=True, kw_only=True):
    """A top-level volume; `name` is the real name on the engine."""

    name: str = ""
    driver: str = ""
    driver_opts: dict[str, str] = {}
    external: bool = False
    labels: dict[str, str] = {}


class FileObject(Extensible, frozen=True, kw_only=True):
    """A top-level secret or config; exactly one of file, environment, content or external says where it comes from.

    `content` of one that has `environment` is filled from the environment when loading and never printed.
    """

    name: str = ""
    file: str = ""
    environment: str = ""
    content: str = ""
    external: bool = False
    labels: dict[str, str] = {}
    driver: str = ""
    driver_opts: dict[str, str] = {}
    template_driver: str = ""
