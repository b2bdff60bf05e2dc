"""Every command against the list of what Docker Compose's have: nothing can be missing silently."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.core import TyperOption

from compose.cli.catalogue import ENTRIES, SECTIONS
from compose.cli.command import build, load
from compose.cli.flags import flag_of
from compose.cli.root import group

LIST = tomllib.loads((Path(__file__).parent / "flags.toml").read_text())


def entries(found=ENTRIES, above=""):
    for entry in found:
        if entry.entries:
            yield from entries(entry.entries, f"{above}{entry.name} ")
        else:
            yield f"{above}{entry.name}", entry


ALL = dict(entries())


def command(name):
    return group() if name == "compose" else build(ALL[name], load(ALL[name]))


def described(option):
    default = option.show_default if isinstance(option.show_default, str) else option.default
    if isinstance(default, bool):
        default = str(default).lower()
    names = [flag_of(option).short, flag_of(option).long]
    shown = "-" if default in (None, "", "None") else default
    return " ".join(name for name in (*names, flag_of(option).kind, str(shown)) if name)


def listed(name, *kinds):
    return {line for kind in kinds for line in LIST[name].get(kind, "").splitlines() if line}


def options(name):
    return [param for param in command(name).params if isinstance(param, TyperOption)]


@pytest.mark.parametrize("name", ["compose", *ALL])
def test_flags_kinds_and_defaults_are_those_of_the_list(name):
    shown = {described(option) for option in options(name) if not option.hidden}
    hidden = {described(option) for option in options(name) if option.hidden}
    assert shown == listed(name, "flags", "own") - listed(name, "missing")
    assert hidden == listed(name, "hidden")


@pytest.mark.parametrize("name", ["compose", *ALL])
def test_every_flag_is_explained(name):
    for option in options(name):
        assert option.help, option.name
        assert option.help[0].isupper(), option.help
        assert not option.help.endswith("."), option.help


@pytest.mark.parametrize("name", ["compose", *ALL])
def test_no_two_flags_share_a_name(name):
    names = [word for option in options(name) for word in option.opts]
    assert len(names) == len(set(names))


def test_every_command_stands_in_a_section_of_help():
    for name, entry in ALL.items():
        assert entry.section in SECTIONS or name.startswith("__"), name
        assert entry.help, name
        assert bool(entry.example) == bool(entry.means), name


def test_every_command_is_in_the_list_and_every_listed_one_is_there():
    absent = {name for name, about in LIST.items() if about.get("absent")}
    assert set(LIST) - {"compose"} - absent == set(ALL)


@pytest.mark.parametrize("name", ["compose", *ALL])
def test_other_names_of_a_flag_are_understood(name):
    known = {flag_of(option).long: set(option.opts) for option in options(name)}
    for pair in LIST[name].get("aliases", "").split():
        alias, _, long = pair.partition("=")
        assert alias in known[long]
