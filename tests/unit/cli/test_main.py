from __future__ import annotations

import json
import re

import pytest

from compose import __version__
from compose.base.diagnostics import Diagnostic
from compose.base.errors import Cancelled, ComposeError
from compose.cli.catalogue import ENTRIES
from compose.cli.commands import version as version_command


@pytest.fixture
def failing(monkeypatch):
    """Let `version` fail with an exception."""

    def fail_with(error):
        def fail():
            raise error

        monkeypatch.setattr(version_command.use_case, "version", fail)

    return fail_with


def test_version(compose):
    assert compose("version").out == f"compose version v{__version__}\n"
    assert compose("version", "--short").out == f"{__version__}\n"
    assert json.loads(compose("version", "-f", "json").out) == {"version": f"v{__version__}"}
    assert compose("--version").out == compose("version").out


def test_results_are_on_stdout_alone(compose):
    result = compose("version")
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("arguments", [(), ("-h",), ("--help",), ("--help", "up"), ("help",)])
def test_help_shows_every_command_and_exits_0(compose, arguments):
    result = compose(*arguments)
    assert (result.code, result.err) == (0, "")
    for entry in ENTRIES:
        assert bool(re.search(rf"^  {entry.name}\b", result.out, re.MULTILINE)) == bool(entry.section)


def test_help_of_a_command(compose):
    result = compose("down", "--help")
    assert result.code == 0
    assert result.out.startswith("Usage:  compose down [OPTIONS] [SERVICE...]\n")
    assert "-t, --timeout int" in result.out


@pytest.mark.parametrize("words", [("down",), ("engine", "start"), ("engine",)])
def test_help_before_a_command_is_the_help_of_that_command(compose, words):
    assert compose("help", *words).out == compose(*words, "--help").out


def test_help_of_a_group_and_of_its_commands(compose):
    assert "Usage:  compose engine [OPTIONS] COMMAND" in compose("engine").out
    assert "Usage:  compose engine start [OPTIONS]" in compose("engine", "start", "--help").out


def test_an_unknown_command_prints_help_and_says_so(compose):
    result = compose("dwon")
    assert result.code == 1
    assert result.out.startswith("Usage:  compose [OPTIONS] COMMAND")
    assert 'unknown docker command: "compose dwon"' in result.err
    assert "hint: did you mean `down`?" in result.err


def test_an_unknown_command_of_a_group(compose):
    result = compose("engine", "strat")
    assert result.code == 1
    assert 'unknown docker command: "compose engine strat"' in result.err
    assert "hint: did you mean `start`?" in result.err


def test_usage_errors_exit_1_and_leave_stdout_alone(compose):
    result = compose("version", "--shrot")
    assert (result.code, result.out) == (1, "")
    assert result.err == "error[unknown-flag]: unknown flag: --shrot\nhint: did you mean `--short`?\n"


def test_global_flags_must_precede_the_command(compose):
    result = compose("version", "--project-name", "x")
    assert (
        "unknown flag: --project-name\nhint: `--project-name` stands before the command: `compose --project-name ...`"
        in result.err
    )
    assert "hint: `-p` stands before the command" in compose("version", "-p", "x").err
    assert compose("--project-name", "x", "version").code == 0


def test_a_failure_is_explained_with_its_source(compose, failing, tmp_path):
    (tmp_path / "compose.yaml").write_text("services: {web: {imagee: x}}\n")
    span = {"file": "compose.yaml", "line": 1, "column": 18, "end_line": 1, "end_column": 24}
    from compose.base.place import Span  # noqa: PLC0415

    failing(ComposeError(Diagnostic(severity="error", code="c", summary="unknown key", span=Span(**span)), exit_code=15))
    result = compose("version")
    assert result.code == 15
    assert "1 | services: {web: {imagee: x}}" in result.err
    assert "\x1b" not in result.err


def test_on_a_terminal_failures_are_coloured_unless_the_user_minds(compose, failing):
    failing(ComposeError(Diagnostic(severity="error", code="c", summary="s")))
    assert "\x1b[1;31merror[c]" in compose("version", terminal=True).err
    assert "\x1b" not in compose("version", terminal=True, NO_COLOR="1").err
    assert "\x1b" not in compose("version", terminal=True, TERM="dumb").err
    assert "\x1b" not in compose("--ansi", "never", "version", terminal=True).err
    assert "\x1b" in compose("--ansi", "always", "version").err


def test_in_json_mode_a_failure_is_one_json_line(compose, failing):
    failing(ComposeError(Diagnostic(severity="error", code="c", summary="s"), exit_code=3))
    result = compose("--progress", "json", "version")
    assert result.code == 3
    assert json.loads(result.err) == {
        "error": True,
        "message": "s",
        "diagnostics": [{"severity": "error", "code": "c", "summary": "s"}],
    }


def test_cancelling_says_nothing(compose, failing):
    failing(Cancelled())
    result = compose("version")
    assert (result.code, result.err) == (130, "")


def test_ctrl_c_says_nothing(compose, failing):
    failing(KeyboardInterrupt())
    result = compose("version")
    assert (result.code, result.err) == (130, "")


def test_a_reader_that_went_away_is_no_error(compose, failing):
    failing(BrokenPipeError())
    result = compose("version")
    assert (result.code, result.err) == (141, "")


def test_a_defect_of_ours_shows_no_traceback_unless_asked(compose, failing):
    failing(RuntimeError("boom"))
    result = compose("version")
    assert result.code == 1
    assert result.err == (
        "error[internal-error]: internal error: RuntimeError: boom\n"
        "hint: run the command again with COMPOSE_DEBUG=1 to see where it happened\n"
    )
    for debugging in (compose("version", COMPOSE_DEBUG="1"), compose("--verbose", "version")):
        assert "Traceback" in debugging.err
        assert "internal error: RuntimeError: boom" in debugging.err


@pytest.mark.parametrize(
    ("arguments", "environ", "message"),
    [
        (("--progress", "foo"), {}, 'unsupported --progress value "foo"'),
        (("--progress", "tty", "--ansi", "never"), {}, "can't use --progress tty while ANSI support is disabled"),
        (("--progress", "plain", "--ansi", "always"), {}, "can't use --progress plain while ANSI support is forced"),
        (("--ansi", "sometimes"), {}, 'unsupported --ansi value "sometimes"'),
        (("--no-ansi", "--ansi", "always"), {}, 'cannot specify DEPRECATED "--no-ansi" and "--ansi"'),
        ((), {"COMPOSE_PROGRESS": "foo"}, 'unsupported --progress value "foo"'),
        ((), {"COMPOSE_PARALLEL_LIMIT": "x"}, 'COMPOSE_PARALLEL_LIMIT must be an integer (found: "x")'),
    ],
)
def test_contradicting_global_options(compose, arguments, environ, message):
    result = compose(*arguments, "version", **environ)
    assert result.code == 1
    assert message in result.err
