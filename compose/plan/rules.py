"""Why a container is recreated: the rules, in Docker Compose's order. Source: reconcile section 7.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from compose.base import labels
from compose.base.place import dotted
from compose.model.service import Service
from compose.payload.labels import image_labels
from compose.payload.networking import by_priority
from compose.plan.comparison import config_reason
from compose.plan.networks import NetworkFate
from compose.plan.options import UpOptions
from compose.plan.plan import Change, Reason
from compose.plan.settlement import Settlement
from compose.plan.situation import Situation
from compose.plan.volumes import VolumeFate, mounts
from compose.state.observed import ContainerState

Policy = Literal["never", "force", "diverged"]

SHARED_WORDS = {
    "network_mode": "network namespace",
    "ipc": "IPC namespace",
    "pid": "PID namespace",
    "volumes_from": "volume",
}


def policy_of(options: UpOptions, service: str) -> Policy:
    """Return when the containers of a service are recreated."""
    if options.no_recreate:
        return "never"
    if not options.services or service in options.services:
        return "force" if options.force_recreate or options.renew_anon_volumes else "diverged"
    return "force" if options.always_recreate_deps else "diverged"


class View:
    """One service in its situation: what the rules of recreation read."""

    def __init__(
        self,
        situation: Situation,
        service: Service,
        *,
        networks: Mapping[str, NetworkFate],
        volumes: Mapping[str, VolumeFate],
        unsettled: frozenset[str],
        settled: Mapping[str, Settlement],
    ) -> None:
        self.situation = situation
        self.service = service
        self.networks = networks
        self.volumes = volumes
        self.policy = policy_of(situation.options, service.name)
        self.cascade = _cascade(situation, service.name, settled)
        self.ids = shared_ids(situation, service.name, settled)
        self.image = None if situation.image(service) in unsettled else situation.observed.images.get(situation.image(service))
        self.labels = image_labels(situation.project, service, situation.observed.images)
        self.span = situation.project.span("services", service.name)

    def obsolete(self, container: ContainerState) -> Reason | None:
        """Return why a container must be recreated, None when it may stay."""
        if self.policy == "never":
            return None
        for rule in _RULES:
            reason = rule(self, container)
            if reason is not None:
                return reason
        return None


def shared_ids(situation: Situation, name: str, settled: Mapping[str, Settlement] | None = None) -> dict[str, str]:
    """Return the ids of the containers a service shares something with, by service.

    It is the first by name; of a settled service only when that one stays.
    """
    found: dict[str, str] = {}
    for edge in situation.shared_by(name):
        if settled is not None and edge.service in settled:
            slot = settled[edge.service].first
            first = slot.keep if slot is not None else None
        else:
            first = min(situation.replicas(edge.service), key=lambda one: one.name, default=None)
        if first is not None:
            found[edge.service] = first.id
    return found


def _cascade(situation: Situation, name: str, settled: Mapping[str, Settlement]) -> Reason | None:
    for edge in situation.shared_by(name):
        first = settled[edge.service].first if edge.service in settled else None
        if first is not None and first.is_new:
            text = f"it shares the {SHARED_WORDS[edge.why]} of `{edge.service}`, whose container is made anew"
            return Reason(code="dependency-recreated", text=text, span=situation.project.span("services", name, edge.why))
    return None


def _forced(view: View, _container: ContainerState) -> Reason | None:
    if view.policy != "force":
        return None
    options = view.situation.options
    flag = "--renew-anon-volumes" if options.renew_anon_volumes else "--force-recreate"
    if options.services and view.service.name not in options.services:
        flag = "--always-recreate-deps"
    return Reason(code="forced", text=f"`{flag}` asks for it")


def _dead(view: View, container: ContainerState) -> Reason | None:
    return Reason(code="dead", text="the engine could not remove it whole", span=view.span) if container.state == "dead" else None


def _cascading(view: View, _container: ContainerState) -> Reason | None:
    return view.cascade


def _config(view: View, container: ContainerState) -> Reason | None:
    return config_reason(view.situation, view.service, container, view.ids)


def _image(view: View, container: ContainerState) -> Reason | None:
    image = view.image
    if image is None:
        return None
    same = {image.identity, image.id} & {container.labels.get(labels.IMAGE, ""), container.image_id} - {""}
    if same or not (container.image_id or labels.IMAGE in container.labels):
        return None
    path = ("services", view.service.name, "image")
    span = view.situation.project.span(*path)
    old = container.image_id or container.labels.get(labels.IMAGE, "")
    change = Change(path=dotted(path), old=_short(old), new=_short(image.id), span=span)
    text = f"`{image.reference}` is another image now"
    return Reason(code="image-changed", text=text, changes=(change,), span=span)


def _short(digest: str) -> str:
    return digest[: len("sha256:") + 12]


def _image_volumes(view: View, container: ContainerState) -> Reason | None:
    wanted = view.labels.get(labels.IMAGE_VOLUME_DIGEST)
    known = container.labels.get(labels.IMAGE_VOLUME_DIGEST)
    if wanted is None or known is None or wanted == known:
        return None
    span = view.situation.project.span("services", view.service.name, "volumes")
    return Reason(code="image-volume-changed", text="an image it mounts is another one now", span=span)


def _networks(view: View, container: ContainerState) -> Reason | None:
    """A running container must be on the very network; a stopped one must not point to one that is gone.

    A network that is made anew under its name is joined again; of its first network a container remembers the name.
    """
    if view.service.network_mode:
        return None
    for place, key in enumerate(by_priority(view.service)):
        fate = view.networks.get(key)
        if fate is None:
            continue
        if fate.fate == "replace":
            if fate.is_renamed and place == 0:
                return fate.reason
            continue
        # Podman, where names of networks are unique, says the name where Docker says the id.
        attached = fate.state is not None and not {fate.state.id, fate.state.name}.isdisjoint(container.networks.values())
        if not attached and (container.state == "running" or container.networks.get(fate.payload.name)):
            span = view.situation.project.span("services", view.service.name, "networks", key)
            return Reason(code="network-detached", text=f"it is not attached to network `{fate.payload.name}`", span=span)
    return None


def _volumes(view: View, container: ContainerState) -> Reason | None:
    for index, mount in enumerate(view.service.volumes):
        fate = view.volumes.get(mount.source) if mount.type == "volume" else None
        if fate is not None and not mounts(container, fate.payload.name):
            span = view.situation.project.span("services", view.service.name, "volumes", index)
            return Reason(code="volume-not-mounted", text=f"it does not mount volume `{fate.payload.name}`", span=span)
    return None


_RULES = (_forced, _dead, _cascading, _config, _image, _image_volumes, _networks, _volumes)
"""Why a container is recreated; the first that applies is told. Docker Compose's order."""
