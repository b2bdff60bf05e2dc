"""`config`: what the files say, resolved, or one list out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.value import Value
from compose.commands.session import Session, unknown_service
from compose.load import encode, listing
from compose.load.pipeline import load_model
from compose.model.project import Project
from compose.source.template import Variable

Listed = Literal["services", "volumes", "networks", "models", "profiles", "images", "environment"]

LISTS: Mapping[Listed, Callable[[Project], list[str]]] = {
    "services": listing.services,
    "volumes": listing.volumes,
    "networks": listing.networks,
    "models": listing.models,
    "profiles": listing.profiles,
    "images": listing.images,
    "environment": listing.environment,
}


_LOOK: dict[str, bool] = {"no_env_resolution": True, "no_name_check": True}
"""Lists need neither what env files hold nor container names that can be made."""


class ConfigOptions(Value, frozen=True, kw_only=True):
    """Options of config; the `no_*` ones leave a stage of loading out."""

    services: tuple[str, ...] = ()
    form: Literal["yaml", "json"] = "yaml"
    no_consistency: bool = False
    no_env_resolution: bool = False
    no_interpolate: bool = False
    no_normalize: bool = False
    no_path_resolution: bool = False


def config(session: Session, options: ConfigOptions) -> str:
    """Return the resolved project as text.

    Raises:
        InvalidProject: the files do not describe a valid project.
    """
    switches = {name: getattr(options, name) for name in ConfigOptions.__struct_fields__ if name.startswith("no_")}
    if options.no_interpolate:
        _warn_unfiltered(session, options.services, "--no-interpolate")
        model = load_model(session.request(**switches))
        session.warn(*model.warnings)
        return encode.raw_json(model.data) if options.form == "json" else encode.raw_yaml(model.data)
    project = session.load(options.services, **switches)
    return encode.to_json(project) if options.form == "json" else encode.to_yaml(project)


def listed(session: Session, what: Listed, services: tuple[str, ...] = ()) -> list[str]:
    """Return one list out of the project, one entry a line."""
    return LISTS[what](_looked_at(session, services))


def _looked_at(session: Session, services: tuple[str, ...] = ()) -> Project:
    """Return the project for a list: it needs neither what env files hold nor container names that can be made."""
    return session.load(services, no_env_resolution=True, no_name_check=True)


def hashes(session: Session, names: str) -> list[tuple[str, str]]:
    """Return (service, config hash) for `*` or for names joined by commas.

    Raises:
        ComposeError: a service is unknown.
    """
    project = session.load((), **_LOOK)
    wanted = [] if names == "*" else [name for name in names.split(",") if name]
    for name in wanted:
        if name not in project.services:
            raise unknown_service(name, project)
    return listing.hashes(project, wanted)


def variables(session: Session, services: tuple[str, ...] = ()) -> dict[str, Variable]:
    """Return the variables that the files use, by name."""
    from compose.load.variables import variables as find  # noqa: PLC0415 - hardly ever asked for

    _warn_unfiltered(session, services, "--variables")
    return find(load_model(session.request(no_interpolate=True)).data)


def check_form(form: str) -> Literal["yaml", "json"]:
    """Return a format name if it is one.

    Raises:
        ComposeError: it is not.
    """
    if form == "json":
        return "json"
    if form == "yaml":
        return "yaml"
    raise fail("unsupported-format", f'unsupported format "{form}"', hint="use yaml or json")


def _warn_unfiltered(session: Session, services: tuple[str, ...], flag: str) -> None:
    if services:
        summary = f"services are not filtered with `{flag}`: the whole project is shown"
        session.warn(Diagnostic(severity="warning", code="not-filtered", summary=summary))
