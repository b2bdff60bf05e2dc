"""`up --open`: show the published page in a browser."""

from __future__ import annotations

import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException

from compose.base.diagnostics import Diagnostic
from compose.commands.addresses import PortAddress, addresses
from compose.commands.session import Session

_SECONDS = 20.0
_PAUSE = 0.2
_DISPLAYS = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")


def open_page(session: Session, services: Sequence[str]) -> None:
    """Open the page of the first service that publishes one, as soon as something answers there; say its address.

    First means in the order of the files, or as named. Where there is no browser the address is only said.
    """
    found = _page(session, services)
    if found is None:
        summary = "nothing to open: no service publishes a port for browsers"
        session.warn(Diagnostic(severity="warning", code="nothing-to-open", summary=summary))
        return
    session.warn(Diagnostic(severity="note", code="page", summary=f"{found.service} is at {found.url}"))
    if _has_browser(session) and _answers(session, found.url):
        import webbrowser  # noqa: PLC0415 - hardly ever asked for

        webbrowser.open(found.url)


def _page(session: Session, services: Sequence[str]) -> PortAddress | None:
    project = session.scope().project
    order = list(services or (project.services if project is not None else ()))
    pages = [one for one in addresses(session) if one.scheme in {"http", "https"} and (not order or one.service in order)]
    return min(pages, key=lambda one: order.index(one.service) if order else 0, default=None)


def _has_browser(session: Session) -> bool:
    """Whether a browser would have a screen; one in the terminal would be in the way."""
    return not sys.platform.startswith("linux") or any(session.environ.get(name) for name in _DISPLAYS)


def _answers(session: Session, url: str) -> bool:
    """Wait until a server answers, whatever it says; it may begin to listen long after its container runs."""
    stopped = threading.Event()
    session.stop.subscribe(lambda _level: stopped.set())
    end = session.clock.monotonic() + _SECONDS
    while session.clock.monotonic() < end and not stopped.is_set():
        try:
            with urllib.request.urlopen(url, timeout=_SECONDS):  # noqa: S310 - http or https
                return True
        except urllib.error.HTTPError:
            return True
        except (OSError, HTTPException):
            stopped.wait(_PAUSE)  # nothing tells when a server begins to listen
    return not stopped.is_set()
