"""What is said of replicas that failed to be replaced, when some may (`max_failure_ratio`)."""

from __future__ import annotations

from compose.base.diagnostics import Diagnostic
from compose.base.place import Span
from compose.plan.operation import CheckFailures


def too_many_failures(operation: CheckFailures, failures: int, span: Span | None) -> Diagnostic:
    """Return the error for an update that does not go on."""
    return Diagnostic(
        severity="error",
        code="update-failed",
        summary=f"the update of `{operation.service}` does not go on: {_told(operation, failures)}",
        detail=f"`max_failure_ratio` allows {operation.at_most}",
        span=span,
    )


def tolerated_failures(operation: CheckFailures, failures: int, span: Span | None) -> Diagnostic:
    """Return the warning for an update that went on although replicas failed."""
    return Diagnostic(
        severity="warning",
        code="update-incomplete",
        summary=f"{_told(operation, failures)}, which `max_failure_ratio` allows",
        span=span,
        hint="they are as they were before; the next `up` tries again",
    )


def _told(operation: CheckFailures, failures: int) -> str:
    count = len(operation.groups)
    return f"{failures} of {count} replica{'s' if count > 1 else ''} of `{operation.service}` could not be replaced"
