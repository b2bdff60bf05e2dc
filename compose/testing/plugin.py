"""The pytest plugin: options, markers and fixtures. What they do is loaded when a test first asks for a stack."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from compose.testing.service import StackService  # noqa: F401 - for readers of fixtures' types
    from compose.testing.session import Stacks
    from compose.testing.stack import Stack

STACKS: pytest.StashKey[Stacks] = pytest.StashKey()
_SPECS: pytest.StashKey[dict[str, dict[str, Any]]] = pytest.StashKey()
_LEASES: pytest.StashKey[Any] = pytest.StashKey()
_SCOPES = ("session", "package", "module", "class", "function")
_SHARES = ("worker", "session")
_FIXTURES = frozenset({"stack", "stack_factory", "docker_services"})
_MARKER = (
    "compose(services, files, profiles, environment, images, ..., scope, reset): the stack of this test; what `Stack` takes,"
    " the scope in which it is shared, and what is reset before the test (True, or names of services)"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare options and ini keys; each option has its ini key."""
    group = parser.getgroup("compose", "stacks of containers (compose)")
    group.addoption("--compose-file", action="append", default=[], metavar="FILE", help="Compose file; may be repeated")
    group.addoption(
        "--compose-keep", action="store_const", const="all", default="", dest="compose_keep", help="leave stacks up in the end"
    )
    group.addoption(
        "--compose-keep=failed",
        action="store_const",
        const="failed",
        dest="compose_keep",
        help="leave stacks up in the end when a test failed",
    )
    group.addoption("--compose-reuse", action="store_true", help="leave stacks up, and take those that are up already")
    group.addoption("--compose-artifacts", default="", metavar="DIR", help="write what containers wrote in failed tests to files")
    group.addoption("--compose-durations", action="store_true", help="show where the time of bringing stacks up went")
    group.addoption(
        "--compose-share",
        choices=_SHARES,
        default=None,
        help="with pytest-xdist: a stack for each worker (default), or one for the session",
    )
    parser.addini("compose_file", "Compose files, relative to the root directory", type="linelist", default=[])
    parser.addini("compose_services", "only these services and what they depend on", type="args", default=[])
    parser.addini("compose_profiles", "active profiles", type="args", default=[])
    parser.addini("compose_env", "NAME=VALUE lines for interpolation", type="linelist", default=[])
    parser.addini("compose_scope", "scope of the fixture `stack`: session, package, module, class, function", default="session")
    parser.addini("compose_share", "with pytest-xdist: worker or session", default="worker")
    parser.addini("compose_timeout", "seconds for a stack to get ready", default="120")
    parser.addini("compose_keep_fixed", "what is not changed: ports, container_name, names, addresses", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker; give the names of pytest-docker where that is not there to do so.

    Raises:
        pytest.UsageError: an ini key has a value that means nothing.
    """
    _check("compose_scope", config, _SCOPES)
    _check("compose_share", config, _SHARES)
    if not config.getini("compose_timeout").replace(".", "", 1).isdigit():
        raise pytest.UsageError(f"compose_timeout is a number of seconds, not `{config.getini('compose_timeout')}`")
    config.addinivalue_line("markers", _MARKER)
    if not config.pluginmanager.hasplugin("docker"):
        config.pluginmanager.import_plugin("compose.testing.pytest_docker")


def _check(key: str, config: pytest.Config, choices: Sequence[str]) -> None:
    if config.getini(key) not in choices:
        raise pytest.UsageError(f"{key} is one of {', '.join(choices)}, not `{config.getini(key)}`")


def _scope(fixture_name: str, config: pytest.Config) -> Any:  # noqa: ANN401, ARG001 - pytest's words for scopes
    """Return the scope of `stack`."""
    return config.getini("compose_scope")


@pytest.fixture(scope="session")
def compose_file(pytestconfig: pytest.Config) -> Sequence[str]:
    """The Compose files of `stack`, by option or ini; none = compose.yaml and its like in the root directory or above."""
    given = [str(pytestconfig.invocation_params.dir / file) for file in pytestconfig.getoption("compose_file")]
    return given or [str(pytestconfig.rootpath / file) for file in pytestconfig.getini("compose_file")]


@pytest.fixture(scope="session")
def compose_project_name() -> str:
    """The project's name of `stack`; empty = one of its own."""
    return ""


@pytest.fixture(scope="session")
def stack_factory(pytestconfig: pytest.Config) -> Iterator[Callable[..., Stack]]:
    """A function that brings up another stack, given what `compose.testing.Stack` takes; all are removed in the end."""
    stacks = _stacks(pytestconfig)
    opened: list[Stack] = []

    def factory(*files: str, **options: Any) -> Stack:  # noqa: ANN401 - what Stack takes
        opened.append(stacks.open(files, options))
        return opened[-1]

    yield factory
    for one in reversed(opened):
        stacks.close(one)


@pytest.fixture(scope=_scope)
def stack(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    compose_file: str | Sequence[str],
    compose_project_name: str,
) -> Stack:
    """The stack of the Compose file, up and ready: `stack["web"].url(8000)`, `.logs()`, `.exec(...)`."""
    __tracebackhide__ = True
    files = [compose_file] if isinstance(compose_file, str) else [str(file) for file in compose_file]
    return _stacks(pytestconfig).lend(request.node, files, compose_project_name, getattr(request, "param", {}))


def _stacks(config: pytest.Config) -> Stacks:
    """Return this process's stacks, made when the first is asked for."""
    found = config.stash.get(STACKS, None)
    if found is None:
        from compose.testing.session import Stacks  # noqa: PLC0415 - sessions without stacks do not pay for it

        found = config.stash[STACKS] = Stacks(config)
    return found


def is_shared(config: pytest.Config) -> bool:
    """Return whether this is one of several workers that share a stack."""
    how = config.getoption("compose_share") or config.getini("compose_share")
    return how == "session" and "compose_leases" in getattr(config, "workerinput", {})


# -- markers


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the fixture `stack` what a `compose` marker says, in the marker's scope."""
    marker = metafunc.definition.get_closest_marker("compose")
    if marker is None or "stack" not in metafunc.fixturenames:
        return
    spec = {key: value for key, value in marker.kwargs.items() if key not in {"scope", "reset"}}
    if marker.kwargs.get("reset") and is_shared(metafunc.config):
        spec["reset"] = True  # a stack of its worker's own: the tests of others would lose what they rely on
    if not spec and "scope" not in marker.kwargs:
        return
    specs = metafunc.config.stash.setdefault(_SPECS, {})
    same = specs.setdefault(repr(sorted(spec.items())), spec)  # pytest shares a fixture among tests with the same object
    hidden = getattr(pytest, "HIDDEN_PARAM", "compose")
    scope = marker.kwargs.get("scope", metafunc.config.getini("compose_scope"))
    metafunc.parametrize("stack", [same], indirect=True, scope=scope, ids=[hidden])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Bring the stacks that are up back to how they began, where the test's marker asks for it."""
    stacks = item.config.stash.get(STACKS, None)
    marker = item.get_closest_marker("compose")
    if stacks is not None and marker is not None and marker.kwargs.get("reset"):
        stacks.reset(item, marker.kwargs["reset"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Find out whether anything will be reset: how it began must be kept before the first test changes it."""
    if any(marker.kwargs.get("reset") for item in items for marker in item.iter_markers("compose")):
        _stacks(config).will_reset()


# -- telling


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Add what the services wrote meanwhile to the report of a test that failed."""
    report = yield
    stacks = item.config.stash.get(STACKS, None)
    if stacks is not None and _FIXTURES & set(getattr(item, "fixturenames", ())):
        stacks.tell(item, call, report)
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401 - pytest does not export it
    """Say what was changed for the tests, what was kept, and, when asked, where the time went."""
    stacks = config.stash.get(STACKS, None)
    if stacks is not None:
        stacks.summarise(terminalreporter)


# -- pytest-xdist


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's
    """Give a worker the place where it and the others share stacks (in the process that starts them)."""
    config: pytest.Config = node.config
    leases = config.stash.get(_LEASES, None)
    if leases is None:
        from compose.testing.lease import Leases  # noqa: PLC0415 - only with workers

        leases = config.stash[_LEASES] = Leases.new()
    node.workerinput["compose_leases"] = str(leases.directory)
    node.workerinput["compose_controller"] = os.getpid()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:  # noqa: ANN401, ARG001 - xdist's
    """Take in what a worker has to say in the summary."""
    told = getattr(node, "workeroutput", {}).get("compose")
    if told:
        _stacks(node.config).hear(told)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what is to be said to the process that says it; let go of what workers shared."""
    stacks = session.config.stash.get(STACKS, None)
    output = getattr(session.config, "workeroutput", None)
    if stacks is not None and output is not None:
        output["compose"] = stacks.heard()
    leases = session.config.stash.get(_LEASES, None)
    if leases is not None:
        _stacks(session.config).end(leases, session.testsfailed)
