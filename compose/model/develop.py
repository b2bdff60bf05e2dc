"""`services.*.develop`, and the hooks, which share their shape with `develop.watch[].exec`."""

from compose.model.spec import Extensible


class Hook(Extensible, frozen=True, kw_only=True):
    """A command run in (post_start, pre_stop) or before (pre_start) a container."""

    command: tuple[str, ...] = ()
    image: str = ""
    user: str = ""
    privileged: bool = False
    working_dir: str = ""
    environment: dict[str, str | None] = {}
    per_replica: bool = False


class WatchRule(Extensible, frozen=True, kw_only=True):
    """`develop.watch[]`."""

    path: str = ""
    action: str = ""
    target: str = ""
    exec: Hook | None = None
    include: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    initial_sync: bool = False


class Develop(Extensible, frozen=True, kw_only=True):
    """What `watch` does for a service."""

    watch: tuple[WatchRule, ...] = ()
