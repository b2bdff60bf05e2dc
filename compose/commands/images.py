"""`images`: what a project's containers were made from."""

from __future__ import annotations

from compose.commands.session import Session
from compose.state.observed import ContainerState, ImageState


def images(session: Session, services: tuple[str, ...] = ()) -> tuple[tuple[ContainerState, ImageState | None], ...]:
    """Return the containers of services (all when none are named), stopped ones too, each with its image.

    An image that the engine has no more is None (GET containers/json, GET images/{id}/json).
    """
    from compose.engine.observe import list_containers, look_at  # noqa: PLC0415 - needs the engine
    from compose.engine.workers import Workers  # noqa: PLC0415 - likewise

    name = session.name()
    engine = session.engine
    found = [one for one in list_containers(engine, name) if not services or one.service in services]
    wanted = list(dict.fromkeys(one.image_id or one.image for one in found))
    workers = Workers(name="images")
    try:
        known = dict(zip(wanted, workers.gather(lambda reference: look_at(engine, reference), wanted), strict=True))
    finally:
        workers.close()
    return tuple((one, known[one.image_id or one.image]) for one in found)
