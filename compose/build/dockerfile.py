"""What a Dockerfile says, as far as this tool needs it: instructions with lines, base images, files it reads; pure.

The builders stay the judges of a Dockerfile. Where it is not certain what it reads, everything is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compose.base.pattern import lazy_pattern
from compose.base.value import Value

_DIRECTIVE = lazy_pattern(r"#\s*([A-Za-z]+)\s*=\s*(.*?)\s*")
_HEREDOC = lazy_pattern(r"<<(-?)(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\2")
_BRACKET = lazy_pattern(r"^\[[^\]]*\]\s*")
_WORD = lazy_pattern(r"([A-Za-z]+)\s*(.*)", re.DOTALL)
_FLAG = lazy_pattern(r"--([a-z][a-z-]*)(?:=(\S*))?\s+")
_VARIABLE = lazy_pattern(r"\$(?:\{(\w+)(?:(:?[-+])([^}]*))?\}|(\w+))")
_ASSIGNMENT = lazy_pattern(r"(\w+)(?:=(\"[^\"]*\"|'[^']*'|\S*))?")
_REMOTE = lazy_pattern(r"(https?://|git@|git://|ssh://)")
_FILES = {"COPY", "ADD"}


class Instruction(Value, frozen=True, kw_only=True):
    """One instruction: its upper-case name, what follows without line continuations, flags taken out.

    Lines count from 1; `last` is the last line, heredocs included. `heredocs` is true when some of its input is
    written in the Dockerfile itself. `whole` is the instruction with its name and flags.
    """

    name: str
    text: str
    whole: str
    line: int
    last: int
    flags: tuple[tuple[str, str], ...] = ()
    heredocs: bool = False

    def flag(self, name: str) -> str:
        """Return the value of the first such flag, `""` when it is not there."""
        return next((value for key, value in self.flags if key == name), "")


class Stage(Value, frozen=True, kw_only=True):
    """A `FROM` with the instructions after it; `base` is an image or an earlier stage, variables filled in."""

    name: str
    base: str
    instructions: tuple[Instruction, ...] = ()


class Dockerfile(Value, frozen=True, kw_only=True):
    """A parsed Dockerfile; `syntax` is the frontend image asked for (`# syntax=`)."""

    instructions: tuple[Instruction, ...] = ()
    syntax: str = ""

    def stages(self, args: Mapping[str, str | None]) -> tuple[Stage, ...]:
        """Return the stages, with `args` (build arguments) and defaults of global `ARG`s filled into base names."""
        known: dict[str, str] = {}
        found: list[tuple[Instruction, list[Instruction]]] = []
        for instruction in self.instructions:
            if instruction.name == "FROM":
                found.append((instruction, []))
            elif found:
                found[-1][1].append(instruction)
            elif instruction.name == "ARG":
                known |= _defaults(instruction.text, known, args)
        return tuple(_stage(start, body, known) for start, body in found)


class Needs(Value, frozen=True, kw_only=True):
    """What building a target needs from outside the Dockerfile.

    `images`: base images, and images or named contexts copied from, as written after filling in variables;
    `paths`: patterns of the context's files that are read, None = it may read any.
    """

    images: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = ()


def parse(text: str) -> Dockerfile:
    """Read a Dockerfile; what makes no sense is kept as it is for the builder to refuse."""
    lines = text.removeprefix("\ufeff").splitlines()
    directives = _directives(lines)
    escape = directives.get("escape", "\\")
    return Dockerfile(instructions=tuple(_instructions(lines, escape)), syntax=directives.get("syntax", ""))


def needs(dockerfile: Dockerfile, target: str, args: Mapping[str, str | None]) -> Needs:
    """Return what building `target` ("" = the last stage) takes from outside, over all the stages it is made of."""
    stages = dockerfile.stages(args)
    wanted = _closure(stages, target)
    images: dict[str, None] = {}
    paths: dict[str, None] = {}
    certain = not dockerfile.syntax or dockerfile.syntax.startswith("docker/dockerfile")
    for index in wanted:
        stage = stages[index]
        images |= dict.fromkeys(source for source in _sources(stages, index) if source != "scratch")
        for instruction in stage.instructions:
            read = _reads(instruction)
            certain = certain and read is not None
            paths |= dict.fromkeys(read or ())
    return Needs(images=tuple(images), paths=tuple(paths) if certain and wanted else None)


def locate(dockerfile: Dockerfile, step: str) -> tuple[int, int]:
    """Return the first and last line of the instruction that a builder's step (`[web 2/3] RUN x`) shows, (0, 0) when unsure."""
    wanted = " ".join(_BRACKET.sub("", step).split())
    found = [one for one in dockerfile.instructions if " ".join(one.whole.split()) == wanted]
    return (found[0].line, found[0].last) if len(found) == 1 else (0, 0)


def _directives(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        match = _DIRECTIVE.fullmatch(line.strip())
        if match is None or match[1].lower() not in {"escape", "syntax", "check"}:
            break
        found[match[1].lower()] = match[2]
    return found


def _instructions(lines: Sequence[str], escape: str) -> Iterator[Instruction]:
    at = 0
    while at < len(lines):
        start = at
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        text, at = _logical(lines, at, escape)
        delimiters = _HEREDOC.findall(text) if text[:4].upper().rstrip() in {"RUN", "COPY", "ADD"} else []
        for indented, _, word in delimiters:
            while at < len(lines) and (lines[at].lstrip("\t") if indented else lines[at]) != word:
                at += 1
            at += 1
        yield _instruction(text, start + 1, min(at, len(lines)), heredocs=bool(delimiters))


def _logical(lines: Sequence[str], at: int, escape: str) -> tuple[str, int]:
    """Join a line with those it is continued on; comments and empty lines between them do not count."""
    parts: list[str] = []
    while at < len(lines):
        line = lines[at].rstrip()
        at += 1
        if parts and (not line.strip() or line.lstrip().startswith("#")):
            continue
        if not line.endswith(escape):
            parts.append(line)
            break
        parts.append(line[:-1])
    return "".join(parts).strip(), at


def _instruction(text: str, line: int, last: int, *, heredocs: bool) -> Instruction:
    match = _WORD.fullmatch(text)
    name, rest = (match[1].upper(), match[2]) if match else (text, "")
    flags: list[tuple[str, str]] = []
    while flag := _FLAG.match(rest):
        flags.append((flag[1], flag[2] or ""))
        rest = rest[flag.end() :]
    return Instruction(name=name, text=rest, whole=text, line=line, last=last, flags=tuple(flags), heredocs=heredocs)


def _stage(start: Instruction, body: list[Instruction], known: Mapping[str, str]) -> Stage:
    words = start.text.split()
    named = len(words) == 3 and words[1].lower() == "as"  # noqa: PLR2004 - `FROM base AS name`
    base = fill(words[0], known) if words else ""
    return Stage(name=words[2] if named else "", base=base, instructions=tuple(body))


def _defaults(text: str, known: Mapping[str, str], args: Mapping[str, str | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, default in _ASSIGNMENT.findall(text):
        given = args.get(name)
        found[name] = given if given is not None else fill(default.strip("\"'"), {**known, **found})
    return found


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Return `text` with `$name`, `${name}`, `${name:-default}` and `${name:+other}` filled in; unknown ones are empty."""

    def value(match: re.Match[str]) -> str:
        name, operator, word = match[1] or match[4], match[2] or "", match[3] or ""
        present = variables.get(name)
        if not present and operator.startswith(":"):
            present = None
        if operator.endswith("+"):
            return "" if present is None else word
        return word if present is None else present

    return _VARIABLE.sub(value, text)


def _closure(stages: Sequence[Stage], target: str) -> list[int]:
    """Return the indexes of the stages that `target` is made of, in order."""
    start = _earlier(stages, len(stages), target) if target else len(stages) - 1
    if start is None or start < 0:
        return list(range(len(stages)))
    seen: set[int] = set()
    queue = [start]
    while queue:
        number = queue.pop()
        if number not in seen:
            seen.add(number)
            parents = (_earlier(stages, number, source) for source in (stages[number].base, *_origins(stages[number])))
            queue.extend(parent for parent in parents if parent is not None)
    return sorted(seen)


def _earlier(stages: Sequence[Stage], before: int, name: str) -> int | None:
    """Return the last stage before `before` that has this name or number; `FROM x AS x` is based on an image."""
    if name.isdecimal():
        return int(name) if int(name) < before else None
    return next((number for number in reversed(range(before)) if stages[number].name.lower() == name.lower()), None)


def _sources(stages: Sequence[Stage], number: int) -> Iterator[str]:
    """Yield what a stage takes from elsewhere than earlier stages and the context."""
    for source in (stages[number].base, *_origins(stages[number])):
        if source and _earlier(stages, number, source) is None:
            yield source


def _origins(stage: Stage) -> Iterator[str]:
    """Yield what the stage copies from or mounts, besides the context."""
    for instruction in stage.instructions:
        for key, value in instruction.flags:
            origin = value if key == "from" else _mount(value).get("from", "") if key == "mount" else ""
            if origin:
                yield origin


def _reads(instruction: Instruction) -> tuple[str, ...] | None:
    """Return the patterns of context files an instruction reads, None when that is not certain."""
    if instruction.name == "ONBUILD":
        return ()
    if instruction.name == "RUN":
        mounts = [_mount(value) for key, value in instruction.flags if key == "mount"]
        found = [mount.get("source", ".") for mount in mounts if mount["type"] == "bind" and not mount.get("from")]
    elif instruction.name in _FILES and not instruction.flag("from"):
        words = _words(instruction.text)
        found = [word for word in words[:-1] if not word.startswith("<<") and not _REMOTE.match(word)]
    else:
        return ()
    return None if any(_uncertain(word) for word in found) else tuple(found)


def _uncertain(word: str) -> bool:
    return any(char in word for char in "$\"'\\") or word.startswith("!") or word.strip("./") == "" or ".." in word.split("/")


def _words(text: str) -> list[str]:
    if text.startswith("["):
        try:
            found: Any = json.loads(text)
        except ValueError:
            found = None
        if isinstance(found, list):
            return [str(word) for word in found]
    return text.split()


def _mount(value: str) -> dict[str, str]:
    fields = dict(field.partition("=")[::2] for field in value.split(","))
    source = fields.get("source") or fields.get("src")
    return {"type": "bind"} | fields | ({"source": source} if source else {})
