"""What each diagnostic code means, at more length than a message has room for: the text of `compose explain CODE`.

Codes are stable: scripts and editors may rely on them. Rows stand in `codes_load` and `codes_run`, sorted within
their area.
"""

from __future__ import annotations

from collections.abc import Mapping

from compose.base.codes_load import LOADING
from compose.base.codes_run import RUNNING

CODES: Mapping[str, str] = {**LOADING, **RUNNING}
"""The text for each code."""
