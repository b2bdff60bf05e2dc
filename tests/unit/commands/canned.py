"""An engine that answers read calls with prepared JSON, and a session that talks to it."""

from __future__ import annotations

from compose.base.diagnostics import Diagnostic
from compose.base.errors import EngineError
from compose.base.events import Notice
from compose.commands.session import GlobalOptions, Session
from compose.commands.stopping import Cancellation
from compose.state.observed import EngineFacts


class CannedEngine:
    """Answers by path; a path that is not prepared is not found. `calls` has every call."""

    facts = EngineFacts(api_version=(1, 41))
    api_version = facts.api_version
    name = facts.name
    address = "unix:///canned.sock"

    def __init__(self, answers):
        self.answers = answers
        self.calls = []

    def call(self, call):
        self.calls.append(call)
        if call.path not in self.answers:
            raise EngineError(Diagnostic(severity="error", code="not-found", summary=f"no {call.path}"), status=404)
        return self.answers[call.path]

    def close(self):
        pass


def container(name, *, service="web", number=1, state="running", project="p", **more):
    """Return an entry of the list of containers."""
    labels = {
        "com.docker.compose.project": project,
        "com.docker.compose.service": service,
        "com.docker.compose.config-hash": "abc",
        "com.docker.compose.oneoff": "False",
        "com.docker.compose.container-number": str(number),
        **more.pop("Labels", {}),
    }
    return {"Id": name, "Names": [f"/{name}"], "State": state, "Status": state, "Labels": labels, "Created": 1, **more}


def session_with(answers, *, name="p", cwd="/"):
    """Return a session of project `name` by name alone ("": of the files in `cwd`), its engine and what it warned of."""
    engine, warned = CannedEngine(answers), []

    def emit(event):
        assert isinstance(event, Notice)
        warned.append(event.diagnostic.code)

    session = Session(GlobalOptions(project_name=name), environ={}, cwd=cwd, stop=Cancellation(), emit=emit)
    session.use(engine)
    return session, engine, warned
