"""Fuzz loading: whatever files hold, loading ends with a project or with `InvalidProject`, soon, and `config` reads itself.

    pip install atheris
    python tests/fuzz/load.py SEEDS -max_total_time=600 -timeout=20 [-dict=FILE]

An input is up to three files (the project's, one that overrides it, `.env`), parted by lines of `%%%`. SEEDS is a
folder of Compose files to begin with; what libFuzzer finds goes into it too. Without atheris the seeds are run once, so
that a finding can be repeated on any machine: `python tests/fuzz/load.py FILE`. With `--keys` it prints a dictionary.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from compose.base.errors import InvalidProject
from compose.load import encode, schema
from compose.load.pipeline import LoadRequest, load, load_model
from compose.view.diagnostics import render_all, to_json

_PART = b"\n%%%\n"
_NAMES = ("compose.yaml", "compose.override.yaml", ".env")
_ENVIRONMENT = {"A": "1", "PATH": "/bin", "HOME": "/root"}


def once(data: bytes) -> None:
    """Load the files that `data` describes, and again what `config` prints of them."""
    with tempfile.TemporaryDirectory(prefix="fuzz") as place:
        folder = Path(place)
        for name, part in zip(_NAMES, data.split(_PART, 2), strict=False):
            (folder / name).write_bytes(part)
        request = LoadRequest(cwd=place, environment=_ENVIRONMENT, project_name="p")
        with contextlib.suppress(InvalidProject):
            _told(load_model, request)
        try:
            loaded = _told(load, request)
        except InvalidProject:
            return
        _again(folder, encode.to_yaml, "again.yaml", loaded.project)
        if not loaded.project.models:  # JSON leaves them out, as the peer does
            _again(folder, encode.to_json, "again.json", loaded.project)


def _told(run: Any, request: LoadRequest) -> Any:
    """Run a stage; errors must be there, and able to be shown."""
    try:
        return run(request)
    except InvalidProject as error:
        assert error.diagnostics  # noqa: PT017 - either outcome is right
        render_all(error.diagnostics, lambda _file: None)
        json.dumps([to_json(one) for one in error.diagnostics])
        raise


def _again(folder: Path, form: Any, name: str, project: Any) -> None:
    text = form(project)
    (folder / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    request = LoadRequest(files=(name,), cwd=str(folder), environment=_ENVIRONMENT, project_name="p", all_resources=True)
    second = form(load(request).project)
    assert second == text, f"{name} is read back as something else:\n{text}\n---\n{second}"


def keys() -> str:
    """Return a libFuzzer dictionary of the words that Compose files are made of."""

    def words(node: Any) -> Any:
        if isinstance(node, dict):
            yield from node.get("properties", {})
            yield from (value for value in node.get("enum", ()) if isinstance(value, str))
            for child in node.values():
                yield from words(child)
        elif isinstance(node, list):
            for child in node:
                yield from words(child)

    more = [
        "<<: *a",
        "&a ",
        "!reset",
        "!override",
        "${A:-b}",
        "service:a",
        "80:80/udp",
        "./a:/b:ro",
        "\\x0a%%%\\x0a",
        "\\x0a---\\x0a",
    ]
    return "".join(f'"{word}"\n' for word in sorted({*words(json.loads(schema.text())), *more}))


def main() -> None:
    """Fuzz with atheris, or run each given input once."""
    if "--keys" in sys.argv:
        sys.stdout.write(keys())
        return
    try:
        import atheris  # noqa: PLC0415 - not among the project's tools: few platforms have it
    except ImportError:
        for given in map(Path, sys.argv[1:]):
            for file in sorted(given.rglob("*")) if given.is_dir() else [given]:
                if file.is_file():
                    sys.stdout.write(f"{file}\n")
                    once(file.read_bytes())
        return
    atheris.instrument_all()
    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
