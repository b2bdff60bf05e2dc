"""For every leaf of a project of many files, the place named is the text that gave the leaf its value.

Every text that is written is unique in the whole project, so a place is right when its text holds the leaf's.
"""

import json
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from compose.load.pipeline import LoadRequest, load
from compose.model.plain import plain_yaml

TOKEN = re.compile(r"t\d+x|2\d{4}|10\.\d+\.\d+\.7")
NAMES = ("A", "B", "C")


class Writer:
    """Draws bodies of services in which every value is unique."""

    def __init__(self, draw):
        self.draw = draw
        self.count = 0

    def number(self):
        self.count += 1
        return self.count

    def token(self):
        return f"t{self.number()}x"

    def some(self, values):
        return self.draw(st.lists(st.sampled_from(values), unique=True, max_size=len(values)))

    def pairs(self):
        """Return variables or labels as a mapping or as lines."""
        names = self.some(NAMES)
        if self.draw(st.booleans()):
            return {name: self.token() for name in names}
        return [f"{name}={self.token()}" for name in names]

    def tokens(self):
        return [self.token() for _ in self.some(NAMES)]

    def text_or_list(self):
        return self.token() if self.draw(st.booleans()) else [self.token(), self.token()]

    def body(self):
        kinds = {
            "hostname": self.token,
            "environment": self.pairs,
            "labels": self.pairs,
            "annotations": self.pairs,
            "command": lambda: self.draw(st.sampled_from([[self.token(), self.token()], f"{self.token()} '{self.token()}'"])),
            "volumes": lambda: [f"./{self.token()}:/m{name}" for name in self.some(NAMES)],
            "ports": lambda: [f"{20000 + self.number()}:{80 + index}" for index, _ in enumerate(self.some(NAMES))],
            "extra_hosts": lambda: [f"h{name}=10.{self.number() // 250}.{self.number() % 250}.7" for name in self.some(NAMES)],
            "dns_search": self.text_or_list,
            "build": self.build,
            "healthcheck": lambda: {"test": self.token()},
            "networks": lambda: {"n": {"aliases": self.tokens()}},
            "logging": lambda: {"driver": "d", "options": {name: self.token() for name in self.some(NAMES)}},
            "tmpfs": self.text_or_list,
            "secrets": lambda: [{"source": "s", "target": self.token()}],
            "x-own": lambda: {"a": self.token(), "b": self.tokens(), "c": {"d": self.token()}},
        }
        return {key: kinds[key]() for key in self.some(tuple(kinds))}

    def build(self):
        if self.draw(st.booleans()):
            return f"./{self.token()}"
        return {"context": f"./{self.token()}", "args": self.pairs(), "tags": self.tokens()}


def dump(data, anchor=""):
    """Return YAML: blocks for the first levels, so that lines differ, and flow style below."""
    lines = []
    for section, entries in data.items():
        if not isinstance(entries, dict) or not entries:
            lines.append(f"{section}:{anchor if section == 'x-base' else ''} {json.dumps(entries)}")
            continue
        lines.append(f"{section}:{anchor if section == 'x-base' else ''}")
        for name, body in entries.items():
            if section != "services":
                lines.append(f"  {name}: {json.dumps(body)}")
                continue
            lines.append(f"  {name}:")
            for key, value in body.items():
                shown = "*base" if key == "<<" else json.dumps(value)
                lines.append(f"    {key}: {shown}")
            if not body:
                lines[-1] += " {}"
    return "\n".join(lines) + "\n"


SHARED = {"networks": {"n": {}}, "secrets": {"s": {"file": "./s"}}}


@st.composite
def projects(draw):
    """Return files by name, and the `-f` arguments."""
    writer = Writer(draw)
    files = {}
    main = {"x-base": writer.body(), "services": {}}
    for index in range(3):
        body = writer.body()
        if draw(st.booleans()):
            body["<<"] = None
        if draw(st.booleans()):
            files[f"{index}.env"] = "".join(f"{name}={writer.token()}\n" for name in NAMES)
            body["env_file"] = [f"{index}.env"]
        if draw(st.booleans()):
            file = f"base{index}/base.yaml"
            base, deep = writer.body(), writer.body()
            base["extends"] = "deep"
            files[file] = dump({"services": {"base": base, "deep": deep}})
            body["extends"] = {"service": "base", "file": file}
        main["services"][f"s{index}"] = {"image": "i", **body}
    main["include"] = []
    for index in range(draw(st.integers(0, 2))):
        files[f"inc{index}/inc.yaml"] = dump({"services": {f"i{index}": {"image": "i", **writer.body()}}})
        main["include"].append(f"inc{index}/inc.yaml")
    files["compose.yaml"] = dump({**main, **SHARED}, anchor=" &base")
    names = ["compose.yaml"]
    for index in range(draw(st.integers(0, 3))):
        services = {name: writer.body() for name in writer.some(tuple(main["services"]))}
        files[f"over{index}.yaml"] = dump({"services": services})
        names.append(f"over{index}.yaml")
    return files, tuple(names)


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from leaves(child, (*path, index))
    elif isinstance(value, str):
        yield path, value


def text_at(root, span):
    lines = (root / span.file).read_text().splitlines()
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    return "\n".join([lines[span.line - 1][span.column - 1 :], *lines[span.line : span.end_line]])


@settings(max_examples=60, deadline=None)
@given(projects())
def test_every_leaf_is_placed_at_the_text_that_gave_it(tmp_path_factory, project):
    files, names = project
    root = tmp_path_factory.mktemp("project")
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    loaded = load(LoadRequest(files=names, cwd=str(root), environment={}))
    for path, value in leaves(plain_yaml(loaded.project.services), ("services",)):
        for token in TOKEN.findall(str(value).replace(str(root), "")):
            span = loaded.project.places.nearest(path)
            assert token in text_at(Path(root), span), (path, value, span)
