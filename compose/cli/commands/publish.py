"""`compose publish`."""

from __future__ import annotations

from typing import Annotated, Final

from compose.base.errors import fail
from compose.build.artifact import OciVersion
from compose.build.publishing import PublishOptions
from compose.cli import arity, param
from compose.cli import options as shared
from compose.cli.command import Definition
from compose.cli.runtime import Runtime
from compose.commands import publish as use_case

_VERSIONS: Final[dict[str, OciVersion | None]] = {"": None, "1.0": "1.0", "1.1": "1.1"}


def publish(
    ctx: param.Context,
    *,
    reference: Annotated[str, param.Argument(metavar="REPOSITORY[:TAG]")] = "",
    app: Annotated[bool, param.Option("--app", help="Also copy the images of the services, pinned to their digests")] = False,
    oci_version: Annotated[
        str, param.Option("--oci-version", help="Form of the manifest: 1.0 or 1.1; without it the newest that is taken")
    ] = "",
    resolve_image_digests: Annotated[
        bool, param.Option("--resolve-image-digests", help="Pin the images to what their registries have now")
    ] = False,
    with_env: Annotated[bool, param.Option("--with-env", help="Also publish env files, and ask nothing about variables")] = False,
    yes: shared.Yes = False,
    insecure_registry: Annotated[
        bool, param.Option("--insecure-registry", hidden=True, help="Reach the registry without TLS")
    ] = False,
) -> None:
    """Publish the project to a registry."""
    if oci_version not in _VERSIONS:
        raise fail("invalid-value", f'unsupported OCI version "{oci_version}"', hint="use 1.0 or 1.1")
    options = PublishOptions(
        reference=reference,
        with_env=with_env,
        resolve_digests=resolve_image_digests,
        application=app,
        version=_VERSIONS[oci_version],
        insecure=insecure_registry,
    )
    runtime = Runtime.of(ctx)
    runtime.preview(use_case.publish(runtime.session(), options, assume_yes=yes))


DEFINITION = Definition(call=publish, arity=arity.exactly(1), usage=("[OPTIONS] REPOSITORY[:TAG]",))
