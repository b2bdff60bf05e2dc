"""Projects whose files come from elsewhere: what is asked before their containers are made. Source: commands section 9."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compose.base.diagnostics import Diagnostic
from compose.base.errors import fail
from compose.build.publish import remote_includes
from compose.commands.config import variables
from compose.commands.session import Session
from compose.model.project import Project
from compose.payload.masking import masked
from compose.source.template import Variable

_HEADER = ("VARIABLE", "VALUE", "SOURCE", "REQUIRED", "DEFAULT")
_GAP = 3


def agree(session: Session, project: Project, *, assume_yes: bool) -> None:
    """Tell where a remote project is kept, and have the user agree to what it includes and to its variables.

    Raises:
        ComposeError: the user does not.
    """
    includes = () if assume_yes else remote_includes(project)
    if includes:
        _ask(session, _about_includes(includes), default=False)
    summary = f'Your compose stack "{session.options.files[0]}" is stored in "{project.directory}"'
    session.warn(Diagnostic(severity="note", code="remote-stack", summary=summary))
    rows = [] if assume_yes else sorted(_row(session, project, one) for one in variables(session).values())
    if rows:
        _ask(session, _about_variables(rows), default=True)


def _ask(session: Session, question: str, *, default: bool) -> None:
    if not session.confirm(question, default=default):
        raise fail("remote-stack-refused", "operation cancelled by user", hint="`up --yes` agrees without being asked")


def _about_includes(includes: Sequence[str]) -> str:
    listed = "\n".join(f"  - {one}" for one in includes)
    return (
        f"\nWarning: This Compose project includes files from remote sources:\n{listed}\n"
        "\nRemote includes could potentially be malicious. Make sure you trust the source.\nDo you want to continue?"
    )


def _about_variables(rows: Sequence[Sequence[str]]) -> str:
    listed = "\n".join(_aligned([_HEADER, *rows]))
    return f"\nFound the following variables in configuration:\n{listed}\n\nDo you want to proceed with these variables?"


def _row(session: Session, project: Project, variable: Variable) -> tuple[str, ...]:
    """Return a variable as the user is shown it; what may be secret is not."""
    name = variable.name
    if name in session.environ:
        value, source = session.environ[name], "environment"
    elif name in project.environment:
        value, source = project.environment[name], "env file"
    elif variable.default:
        value, source = variable.default, "compose file"
    else:
        value, source = "<unset>", "none"
    shown = value if source in {"compose file", "none"} else str(masked(name, value))
    return name, shown, source, "yes" if variable.is_required else "no", variable.default


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) + _GAP for column in range(len(_HEADER))]
    for row in rows:
        yield "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
