"""Images as values: which of their manifests counts, and what tells one content from another.

Source: reconcile sections 1.1 (`image` label) and 9.1 (platforms).
"""

from __future__ import annotations

from typing import Any

from compose.state.answer import Answer
from compose.state.observed import EngineFacts, ImageState
from compose.state.platform import Platform

_NO_FACTS = EngineFacts()


def image_from_inspect(
    answer: Any,  # noqa: ANN401 - JSON
    reference: str = "",
    *,
    platform: str = "",
    facts: EngineFacts = _NO_FACTS,
) -> ImageState:
    """Return an image from GET images/{reference}/json (`manifests=1` on API >= 1.48).

    `identity` is the digest of the manifest for `platform` (the engine's own when empty), so that it changes with
    the content only; it is the id where the engine tells no manifests.

    Raises:
        ComposeError: the answer has another shape than the API promises.
    """
    said = Answer(answer, "an image")
    identity, _ = _content(said, platform, facts)
    return ImageState(
        reference=reference or next(iter(said.texts("RepoTags")), said.text("Id")),
        id=said.text("Id"),
        identity=identity,
        repo_tags=said.texts("RepoTags"),
        repo_digests=said.texts("RepoDigests"),
        os=said.text("Os"),
        architecture=said.text("Architecture"),
        variant=said.text("Variant"),
        created=said.text("Created"),
        last_tagged=said.inner("Metadata").time("LastTagTime"),
        last_tag_time=said.inner("Metadata").text("LastTagTime"),
        size=said.number("Size"),
        config=said.inner("Config").value,
    )


def serves(answer: Any, platform: str, facts: EngineFacts) -> bool:  # noqa: ANN401 - JSON
    """Whether a local image has content for `platform`; any image serves when none is asked for.

    An image of another platform counts as absent, so that the right one is pulled or built.

    Raises:
        ComposeError: the answer has another shape than the API promises.
    """
    return not platform or _content(Answer(answer, "an image"), platform, facts)[1]


def _content(said: Answer, platform: str, facts: EngineFacts) -> tuple[str, bool]:
    """Return the digest that identifies the content for a platform, and whether the content is for it."""
    own = Platform.of(facts.os, facts.arch)
    wanted = Platform.parse(platform, own) if platform else own
    flat = Platform.of(said.text("Os"), said.text("Architecture"), said.text("Variant"))
    if not said.items("Manifests"):
        return said.text("Id"), flat == wanted
    images = [entry for entry in said.objects("Manifests") if entry.text("Kind") == "image" and entry.flag("Available")]
    for entry in images:
        if _platform(entry) == wanted:
            return entry.text("ID"), True
    if len(images) == 1:
        return images[0].text("ID"), _platform(images[0]) is None and flat == wanted
    return said.text("Id"), False


def _platform(entry: Answer) -> Platform | None:
    said = entry.inner("ImageData").inner("Platform")
    if not said.value:
        return None
    return Platform.of(said.text("os"), said.text("architecture"), said.text("variant"))
