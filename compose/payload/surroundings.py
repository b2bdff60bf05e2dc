"""What bodies need besides the project and the engine's facts."""

from __future__ import annotations

from compose.base.value import Value
from compose.state.observed import ImageState


class Surroundings(Value, frozen=True, kw_only=True):
    """Facts of the machine and of the moment, gathered before rendering; all optional.

    - `images`: local images by reference. They give the image labels; a container whose image is not
      known yet gets its label from `compose.payload.labels.with_image` when it is made.
    - `proxies`: proxy variables of the docker CLI's configuration for this engine (`HTTP_PROXY`, ...).
    - `seccomp`: texts of seccomp profiles by the path as written in `security_opt`
      (`compose.payload.security.profile_paths` lists which are wanted).
    """

    images: dict[str, ImageState] = {}
    proxies: dict[str, str] = {}
    seccomp: dict[str, str] = {}
