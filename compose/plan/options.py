"""What the planners are asked for; one type per command, as its flags have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from compose.base.value import Value

JobPolicy = Literal["rerun", "keep"]
OutdatedPolicy = Literal["leave", "tell", "build"]


class UpOptions(Value, frozen=True, kw_only=True):
    """Options of up, create, scale, and of the dependencies of run.

    - `services`: those named by the user (empty = all); the others are there as dependencies.
    - `no_deps`: leave every other service alone, and do not wait for it.
    - `scale`: replicas by service, over what the file says.
    - `timeout`: seconds for stopping a container (None = its own grace period).
    - `wait`: end only when every service is running or healthy; `wait_timeout` in seconds bounds this and the
      waits for dependencies. With `exit_ok` a service that is not restarted and exited with 0 has succeeded.
    - `pull`: policy for all services with an image ("" = as the file says): always, missing, never, build,
      if_not_present. `build` builds whatever can be built, `no_build` nothing.
    - `outdated`: what to do about images that are older than what they are built from: nothing, say so, or build them
      again. `stale`: services with such an image, with the sentence that says so: they are built again.
    - `start`: False only creates. `one_off`: a service of which `run` makes a container afterwards: only what it
      depends on is brought up, and waited for.
    - `images_ready`: pulls and builds were planned and done before (`compose.plan.images.plan_images`).
    - `providers_ready`: providers that ran before, whose variables are in the project already.
    - `drift`: compare every container with its body, also where the hash label is equal.
    - `jobs`: `rerun` starts a job that ended well again, as Docker Compose does; `keep` lets it rest while its
      container is up to date.
    - `resting`: containers that ended by themselves and well, and that the engine is not to restart either, are not
      started again; `stopped` are ids of those that did not end by themselves.
    - `confirmed`: keys of confirmations that the user gave. `assume_yes` gives them all.
    - `now`: seconds since the epoch, for pull policies such as `daily`.
    """

    command: str = "up"
    services: tuple[str, ...] = ()
    no_deps: bool = False
    force_recreate: bool = False
    no_recreate: bool = False
    always_recreate_deps: bool = False
    renew_anon_volumes: bool = False
    remove_orphans: bool = False
    ignore_orphans: bool = False
    scale: Mapping[str, int] = {}
    timeout: int | None = None
    wait: bool = False
    wait_timeout: float | None = None
    exit_ok: bool = True
    pull: str = ""
    build: bool = False
    no_build: bool = False
    outdated: OutdatedPolicy = "leave"
    stale: Mapping[str, str] = {}
    quiet_pull: bool = False
    quiet_build: bool = False
    start: bool = True
    one_off: str = ""
    images_ready: bool = False
    providers_ready: frozenset[str] = frozenset()
    drift: bool = False
    jobs: JobPolicy = "rerun"
    resting: bool = False
    stopped: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()
    assume_yes: bool = False
    now: float = 0.0


class DownOptions(Value, frozen=True, kw_only=True):
    """Options of down; `rmi` is "" (keep images), local or all; `timeout` in seconds."""

    services: tuple[str, ...] = ()
    remove_orphans: bool = False
    volumes: bool = False
    rmi: Literal["", "local", "all"] = ""
    timeout: int | None = None


class LifecycleOptions(Value, frozen=True, kw_only=True):
    """Options of start, stop, restart, kill, pause, unpause and rm; each reads those it has.

    - `services`: those named by the user, empty = all.
    - `timeout`: seconds for stopping (None = the container's own grace period).
    - `no_deps`: restart: leave dependants alone. `signal` and `remove_orphans`: kill.
    - `wait`, `wait_timeout`: start. `stop`, `volumes`, `force`: rm; `confirmed` as in `UpOptions`.
    """

    services: tuple[str, ...] = ()
    timeout: int | None = None
    no_deps: bool = False
    signal: str = "SIGKILL"
    remove_orphans: bool = False
    wait: bool = False
    wait_timeout: float | None = None
    exit_ok: bool = True
    stop: bool = False
    volumes: bool = False
    force: bool = False
    confirmed: frozenset[str] = frozenset()
