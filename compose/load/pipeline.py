"""The stages of loading, in order: the function to read first.

Specification: loading, section 1. `load_model` goes as far as the merged tree, `load` to the project.
"""

from __future__ import annotations

import msgspec

from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.base.place import Path
from compose.load import check, decode, discover, env_files, hints, normalise, select
from compose.load.assemble import assemble, complete
from compose.load.context import Context, Scope
from compose.load.files import Files
from compose.load.interpolate import Interpolation, unset_warning
from compose.load.names import project_name as find_name
from compose.load.placing import place_hosts
from compose.load.problem import Problem, diagnose
from compose.load.remote import Remote
from compose.load.request import Loaded, LoadRequest, Model
from compose.load.windows import convert_sources
from compose.model.project import Project
from compose.source.document import SourceMap

__all__ = ["LoadRequest", "Loaded", "Model", "load", "load_model", "project_name"]


def load(request: LoadRequest) -> Loaded:
    """Load a project.

    Raises:
        InvalidProject: with every problem that could be found.
    """
    context = _context(request)
    model = _model(request, context)
    project = _decoded(request, context, model)
    project = select.enable(project, request.services)
    project = select.select(project, request.services, dependencies=not request.no_deps)
    if not request.all_resources:
        project = select.prune(project)
    project = env_files.fold(project, context.files, model.places, context.unset, environment=not request.no_env_resolution)
    return Loaded(project=project, warnings=_warnings(context, model), model=model)


def load_model(request: LoadRequest) -> Model:
    """Load the merged tree of a project, without looking at what it means.

    Raises:
        InvalidProject: with every problem that could be found.
    """
    from compose.load import schema  # noqa: PLC0415 - only here, and for files with a mistake

    context = _context(request)
    model = _model(request, context)
    _keep(context, model, schema.explain(model.data, grammars=False))
    context.stop_if_wrong()
    return msgspec.structs.replace(model, warnings=_warnings(context, model))


def project_name(request: LoadRequest) -> str | None:
    """Return the name of a project as far as it can be known without loading it, None when there is nothing to name.

    Raises:
        InvalidProject: a name that was given is not one, or a file cannot be read.
    """
    context = _context(request)
    located = discover.locate(request, context.files, context.remote, context.unset)
    documents = [document for path in located.files for document in context.documents(path)]
    if not documents and not request.project_name and not located.environment.get("COMPOSE_PROJECT_NAME"):
        return None
    interpolation = Interpolation(located.environment.get, context.unset)
    name, _ = find_name(request, located, documents, interpolation)
    return name or None


def _context(request: LoadRequest) -> Context:
    return Context(
        Files(request.cwd, request.stdin), Remote(request.environment, request.artifacts), request.environment.get("HOME")
    )


def _model(request: LoadRequest, context: Context) -> Model:
    located = discover.locate(request, context.files, context.remote, context.unset)
    if not located.files:
        raise discover.no_file()
    context.warnings.extend(located.warnings)
    name, warnings = _name(request, context, located)
    context.warnings.extend(warnings)
    environment = {} if request.no_interpolate else located.environment
    environment["COMPOSE_PROJECT_NAME"] = name
    scope = Scope(context, located.directory, environment, variables=located.variables, interpolate=not request.no_interpolate)
    tree = assemble(scope, located.files)
    context.stop_if_broken()
    if not tree:
        raise InvalidProject(Diagnostic(severity="error", code="empty-compose-file", summary="empty compose file"))
    if not name:
        raise InvalidProject(Diagnostic(severity="error", code="empty-project-name", summary="project name must not be empty"))
    complete(scope, tree, resolve_paths=not request.no_path_resolution)
    if not request.no_path_resolution:
        convert_sources(tree, located.environment)
    if not request.no_normalize:
        normalise.normalise(tree, name, environment)
    return Model(
        name=name,
        directory=located.directory,
        data=tree,
        places=SourceMap(tree),
        files=located.files,
        env_files=located.env_files,
        environment=environment,
        variables=located.variables,
        profiles=discover.profiles_of(request, located.environment),
    )


def _name(request: LoadRequest, context: Context, located: discover.Located) -> tuple[str, tuple[Diagnostic, ...]]:
    documents = []
    for path in located.files:
        try:
            documents.extend(context.documents(path))
        except InvalidProject as error:
            context.broken(error)
    context.stop_if_broken()
    interpolation = Interpolation(located.environment.get, context.unset)
    found = find_name(request, located, documents, interpolation)
    context.structure.extend(interpolation.take_problems())
    return found


def _decoded(request: LoadRequest, context: Context, model: Model) -> Project:
    parts = decode.decode(model.data)
    _keep(context, model, parts.problems)
    context.stop_if_wrong()
    place_hosts(model.places, parts.services)
    project = Project(
        name=model.name,
        directory=model.directory,
        services=parts.services,
        networks=parts.networks,
        volumes=parts.volumes,
        secrets=parts.secrets,
        configs=parts.configs,
        models=parts.models,
        extensions=parts.extensions,
        environment=model.environment,
        files=model.files,
        env_files=model.env_files,
        separator="_" if request.compatibility else "-",
        places=model.places,
    )
    project = select.activate(project, model.profiles)
    if not request.no_consistency:
        _keep(context, model, check.check(project, names=not request.no_name_check))
        context.stop_if_wrong()
    return project


def _keep(context: Context, model: Model, problems: tuple[Problem, ...]) -> None:
    """Keep problems, but not those that follow from a value which is known to be wrong already.

    A list with an item that cannot be read stays as it was written, so that its other items are not meant.
    """
    known = {path for error in context.errors for path in _spoilt(error.path)}
    for problem in problems:
        if problem.severity != "error":
            context.warnings.append(diagnose(problem, model.places))
        elif not any(problem.path[:length] in known for length in range(1, len(problem.path) + 1)):
            context.errors.append(diagnose(problem, model.places))


def _spoilt(path: Path) -> tuple[Path, ...]:
    return (path, path[:-1]) if path and isinstance(path[-1], int) else (path,)


def _warnings(context: Context, model: Model) -> tuple[Diagnostic, ...]:
    names = context.unset.places
    hint = hints.unset(names, model.variables, model.data, model.directory, context.files) if names else ""
    unset = unset_warning(context.unset, hint)
    return (*dict.fromkeys(context.warnings), *(() if unset is None else (unset,)))
