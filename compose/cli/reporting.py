"""`--report FILE`: a command that leaves a file behind which tells how it went."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

from compose.base.diagnostics import Diagnostic
from compose.base.errors import ComposeError
from compose.cli import param
from compose.view.diagnostics import render_all

if TYPE_CHECKING:
    from compose.cli.runtime import Runtime
    from compose.commands.evidence import Recorder
    from compose.commands.session import Session

Report = Annotated[
    str,
    param.Option(
        "--report",
        metavar="FILE.zip",
        help="Write what was asked for, what happened and how things are at the end (no secrets), for CI to keep",
    ),
]
_FAILED: Final = 1


def reported(runtime: Runtime, session: Session, file: str, run: Callable[[], int]) -> int:
    """Run a command and return its exit code; with a `file` write the report there, however it ends.

    Raises:
        ComposeError: the command's, or the report cannot be written.
    """
    if not file:
        return run()
    from compose.commands.evidence import Recorder  # noqa: PLC0415 - hardly ever asked for

    recorder = Recorder(session)
    try:
        code = run()
    except BaseException as error:
        try:
            _write(runtime, session, recorder, file, error=error, code=getattr(error, "exit_code", _FAILED))
        except ComposeError as trouble:
            session.warn(*trouble.diagnostics)
        raise
    _write(runtime, session, recorder, file, error=None, code=code)
    return code


def _write(runtime: Runtime, session: Session, recorder: Recorder, file: str, *, error: BaseException | None, code: int) -> None:
    from zipfile import ZIP_DEFLATED, ZipFile  # noqa: PLC0415 - as above

    from compose.commands.evidence import gather  # noqa: PLC0415 - as above

    diagnostics = error.diagnostics if isinstance(error, ComposeError) else ()
    text = render_all(diagnostics, runtime.source) if diagnostics else f"{error or ''}\n"
    parts = gather(session, recorder, command=runtime.process.arguments, exit_code=code, diagnostics=diagnostics, text=text)
    data = io.BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    runtime.save(file, data.getvalue())
    session.warn(Diagnostic(severity="note", code="report-written", summary=f"`{file}` tells how this went"))
