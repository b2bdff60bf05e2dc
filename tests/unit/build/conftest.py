from __future__ import annotations

import pytest


class Recorder:
    """A reporter that keeps what it is told."""

    def __init__(self):
        self.progressed = []
        self.written = []

    def progress(self, part, detail, current=0, total=0):
        self.progressed.append((part, detail, current, total))

    def output(self, part, text, *, error=False):
        self.written.append((part, text, error))


@pytest.fixture
def reporter():
    return Recorder()
