"""The stages of loading, in order: the function to read first.

Specification: loading, section 1. `load_model` goes as far as the merged tree, `load` to the project.
"""

from __future__ import annotations

from typing import Any

import msgspec

from compose.base import labels
from compose.base.diagnostics import Diagnostic
from compose.base.errors import InvalidProject
from compose.base.place import Path
from compose.load import check, decode, discover, env_files, hints, normalise, select
from compose.load.assemble import assemble, complete
from compose.load.context import Context, Scope
from compose.load.files import Files
from compose.load.instances import copy_name, resolve
from compose.load.interpolate import Interpolation, unset_warning
from compose.load.names import project_name as find_name
from compose.load.placing import place_hosts
from compose.load.problem import Problem, diagnose
from compose.load.remote import Remote
from compose.load.request import Loaded, LoadRequest, Model
from compose.load.windows import convert_sources
from compose.model.project import Project
from compose.source.document import SourceMap, clone

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
    if request.services and not (request.no_name_check or request.no_consistency):
        _keep(context, model, tuple(check.container_names(project)))  # only of those that are brought up
        context.stop_if_wrong()
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
    return copy_name(name, _instance(request, located, name)) if name else None


def _context(request: LoadRequest) -> Context:
    return Context(
        Files(request.cwd, request.stdin), Remote(request.environment, request.artifacts), request.environment.get("HOME")
    )


def _model(request: LoadRequest, context: Context) -> Model:
    located = discover.locate(request, context.files, context.remote, context.unset)
    if not located.files:
        raise discover.no_file()
    context.warnings.extend(located.warnings)
    original, warnings = _name(request, context, located)
    context.warnings.extend(warnings)
    instance = _instance(request, located, original) if original else ""
    name = copy_name(original, instance)
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
        instance=instance,
        original=original,
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
    # what is wrong with a variable in it is found again with all others
    return find_name(request, located, documents, Interpolation(located.environment.get, context.unset))


def _instance(request: LoadRequest, located: discover.Located, name: str) -> str:
    given = request.instance or located.environment.get("COMPOSE_INSTANCE", "")
    return resolve(given, name, located.directory)


def _decoded(request: LoadRequest, context: Context, model: Model) -> Project:
    parts = decode.decode(model.data)
    _keep(context, model, parts.problems)
    if context.errors:
        _check_rest(request, context, model)
    context.stop_if_wrong()
    place_hosts(model.places, parts.services)
    project = _project(request, model, parts)
    project = select.activate(project, model.profiles)
    if not request.no_consistency:
        _keep(context, model, check.check(project, names=not (request.no_name_check or request.services)))
        context.stop_if_wrong()
    return project


def _check_rest(request: LoadRequest, context: Context, model: Model) -> None:
    """Find what does not fit together in a project with mistakes, as far as it can be known without the wrong parts."""
    rest = clone(model.data)
    for error in context.errors:
        _cut(rest, error.path)
    parts = decode.decode(rest)
    if not parts.problems:
        project = select.activate(_project(request, model, parts), model.profiles)
        wrong = {error.path[:2] for error in context.errors}
        found = check.check(project, names=not (request.no_name_check or request.services))
        _keep(context, model, tuple(one for one in found if one.code != "no-image" or one.path[:2] not in wrong))


def _cut(node: Any, path: Path) -> None:  # noqa: ANN401 - YAML data
    """Remove the value at a path, as far as the path leads; of a list all of it, because its items belong together."""
    *parents, last = path or ("",)
    for part in parents:
        if not isinstance(node, dict) or part not in node:
            return
        if isinstance(node[part], list):
            last = part
            break
        node = node[part]
    if isinstance(node, dict):
        node.pop(str(last), None)


def _project(request: LoadRequest, model: Model, parts: decode.Decoded) -> Project:
    return Project(
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
        instance=model.instance,
        labels={labels.INSTANCE: model.instance, labels.INSTANCE_OF: model.original} if model.instance else {},
        separator="_" if request.compatibility else "-",
        places=model.places,
    )


def _keep(context: Context, model: Model, problems: tuple[Problem, ...]) -> None:
    """Keep problems, but not those that follow from a value which is known to be wrong already."""
    new = [problem for problem in problems if problem.severity != "error" or not context.follows(problem.path)]
    for problem in new:
        target = context.errors if problem.severity == "error" else context.warnings
        target.append(diagnose(problem, model.places))


def _warnings(context: Context, model: Model) -> tuple[Diagnostic, ...]:
    names = context.unset.places
    hint = hints.unset(names, model.variables, model.data, model.directory, context.files) if names else ""
    unset = unset_warning(context.unset, hint)
    return (*dict.fromkeys(context.warnings), *(() if unset is None else (unset,)))
