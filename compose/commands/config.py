"""`config`: what the files say, resolved, or one list out of it. What only some of it needs is imported there."""

# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.base.value import Value
from compose.commands.session import Session, unknown_service
from compose.model.project import Project

if TYPE_CHECKING:
    from compose.commands.explain import Provenance
    from compose.source.template import Variable

Listed = Literal["services", "volumes", "networks", "models", "profiles", "images", "environment"]

_LOOK: dict[str, bool] = {"no_env_resolution": True, "no_name_check": True}
"""Lists need neither what env files hold nor container names that can be made."""


class ConfigOptions(Value, frozen=True, kw_only=True):
    """Options of config; the `no_*` ones leave a stage of loading out.

    `digests`: resolve = images with the digests their registries have for them, lock = an override file of just those.
    """

    services: tuple[str, ...] = ()
    form: Literal["yaml", "json"] = "yaml"
    digests: Literal["", "resolve", "lock"] = ""
    no_consistency: bool = False
    no_env_resolution: bool = False
    no_interpolate: bool = False
    no_normalize: bool = False
    no_path_resolution: bool = False


def check(session: Session, options: ConfigOptions) -> None:
    """Find out whether the files describe a valid project.

    Raises:
        InvalidProject: they do not.
    """
    _resolved(session, options)


def config(session: Session, options: ConfigOptions) -> str:
    """Return the resolved project as text.

    Raises:
        InvalidProject: the files do not describe a valid project.
    """
    from compose.load import encode

    found = _resolved(session, options)
    if options.digests:
        found = _with_digests(session, found, options)
    if isinstance(found, Project):
        return encode.to_json(found) if options.form == "json" else encode.to_yaml(found)
    return encode.raw_json(found) if options.form == "json" else encode.raw_yaml(found)


def traced(session: Session, options: ConfigOptions) -> str | list[Provenance]:
    """Return the project with the places that set each of its values: YAML with comments, or a list for JSON.

    Raises:
        InvalidProject: the files do not describe a valid project.
        ComposeError: `no_interpolate`, with which there is no project.
    """
    from compose.commands import provenance

    found = _resolved(session, options)
    if not isinstance(found, Project):
        raise fail("contradicting-options", "--provenance cannot be combined with --no-interpolate")
    return provenance.listed(found) if options.form == "json" else provenance.commented(found)


def _with_digests(session: Session, found: Project | dict[str, Any], options: ConfigOptions) -> Project | dict[str, Any]:
    from compose.commands import digests

    if not isinstance(found, Project):
        return digests.resolved_tree(session, found)
    return digests.lock(session, found) if options.digests == "lock" else digests.resolved(session, found)


def _resolved(session: Session, options: ConfigOptions) -> Project | dict[str, Any]:
    """Return the project, or its merged tree with `no_interpolate`."""
    switches = {name: getattr(options, name) for name in ConfigOptions.__struct_fields__ if name.startswith("no_")}
    if not options.no_interpolate:
        return session.load(options.services, **switches)
    from compose.load.pipeline import load_model

    _warn_unfiltered(session, options.services, "--no-interpolate")
    model = load_model(session.request(**switches))
    session.warn(*model.warnings)
    return model.data


def listed(session: Session, what: Listed, services: tuple[str, ...] = ()) -> list[str]:
    """Return one list out of the project, one entry a line."""
    from compose.load import listing

    found: list[str] = getattr(listing, what)(_looked_at(session, services))
    return found


def _looked_at(session: Session, services: tuple[str, ...] = ()) -> Project:
    """Return the project for a list: it needs neither what env files hold nor container names that can be made."""
    return session.load(services, no_env_resolution=True, no_name_check=True)


def hashes(session: Session, names: str) -> list[tuple[str, str]]:
    """Return (service, config hash) for `*` or for names joined by commas, as the labels of containers have it.

    The variables of env files count, but only those of the services asked for are read.

    Raises:
        ComposeError: a service is unknown.
    """
    from compose.load import listing

    wanted = () if names == "*" else tuple(name for name in names.split(",") if name)
    project = session.load(wanted, no_deps=True, no_name_check=True)
    for name in wanted:
        if name not in project.services:
            raise unknown_service(name, project)
    return listing.hashes(project, wanted)


def variables(session: Session, services: tuple[str, ...] = ()) -> dict[str, Variable]:
    """Return the variables that the files use, by name."""
    from compose.load.pipeline import load_model
    from compose.load.variables import variables as find

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
