"""Print which commands and flags of Docker Compose are here, from the list that the tests hold the program to."""

from __future__ import annotations

import tomllib
from pathlib import Path

LIST = Path(__file__).parents[1] / "unit/cli/flags.toml"


def lines(about: dict[str, str], kind: str) -> list[str]:
    return [line for line in about.get(kind, "").splitlines() if line]


def main() -> None:
    print(f"{'command':32}{'listed':>8}{'here':>6}{'hidden':>8}{'own':>5}  missing")
    for name, about in tomllib.loads(LIST.read_text()).items():
        listed, own, hidden = (len(lines(about, kind)) for kind in ("flags", "own", "hidden"))
        missing = lines(about, "missing")
        here = 0 if about.get("absent") else listed - len(missing)
        lacking = "the command" if about.get("absent") else ", ".join(missing)
        print(f"{name:32}{listed:8}{here:6}{hidden:8}{own:5}  {lacking}".rstrip())


if __name__ == "__main__":
    main()
