from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.cli.flags import Flag, parse

FLAGS = (
    Flag(dest="detach", names=("-d", "--detach"), kind="bool"),
    Flag(dest="follow", names=("-f", "--follow"), kind="bool"),
    Flag(dest="timeout", names=("-t", "--timeout"), kind="int"),
    Flag(dest="tail", names=("-n", "--tail"), kind="string"),
    Flag(dest="env", names=("-e", "--env"), kind="list"),
    Flag(dest="build", names=("--build",), kind="bool", words=("auto",)),
    Flag(dest="volumes", names=("-v", "--volumes", "--volume"), kind="bool"),
)


def read(*args, interspersed=True):
    parsed = parse(FLAGS, args, interspersed=interspersed)
    return parsed.values, parsed.arguments


@pytest.mark.parametrize(
    ("args", "values"),
    [
        (("--detach",), {"detach": True}),
        (("--detach=false",), {"detach": False}),
        (("--detach=T",), {"detach": True}),
        (("-d=0",), {"detach": False}),
        (("-df",), {"detach": True, "follow": True}),
        (("-dt5",), {"detach": True, "timeout": 5}),
        (("-t", "5"), {"timeout": 5}),
        (("-t=5",), {"timeout": 5}),
        (("-t5",), {"timeout": 5}),
        (("--timeout", "-1"), {"timeout": -1}),
        (("--timeout=0x10",), {"timeout": 16}),
        (("--timeout=010",), {"timeout": 8}),
        (("--timeout=0",), {"timeout": 0}),
        (("--tail", "--detach"), {"tail": "--detach"}),
        (("--tail=",), {"tail": ""}),
        (("--tail=a=b",), {"tail": "a=b"}),
        (("-e", "A=1", "--env=B", "-eC"), {"env": ["A=1", "B", "C"]}),
        (("-t1", "-t2"), {"timeout": 2}),
        (("--volume",), {"volumes": True}),
        (("--build",), {"build": "true"}),
        (("--build=auto",), {"build": "auto"}),
        (("--build=F",), {"build": "false"}),
    ],
)
def test_every_way_to_write_a_flag(args, values):
    assert read(*args) == (values, ())


@pytest.mark.parametrize(
    ("args", "arguments"),
    [
        (("web", "-d", "db"), ("web", "db")),
        (("-d", "auto"), ("auto",)),
        (("-d", "--", "-f", "--x"), ("-f", "--x")),
        (("-d", "-"), ("-",)),
        (("-d", ""), ("",)),
    ],
)
def test_flags_may_stand_between_arguments(args, arguments):
    assert read(*args) == ({"detach": True}, arguments)


def test_without_interspersion_the_first_argument_ends_the_flags():
    assert read("-d", "web", "ls", "-f", "--", "-x", interspersed=False) == ({"detach": True}, ("web", "ls", "-f", "--", "-x"))
    assert read("-d", "--", "-web", interspersed=False) == ({"detach": True}, ("-web",))


@pytest.mark.parametrize("args", [("-h",), ("--help",), ("-d", "web", "--help", "--nope")])
def test_help_is_noticed_and_stops_the_reading(args):
    assert parse(FLAGS, args).help


def test_help_after_the_first_argument_belongs_to_it_without_interspersion():
    assert not parse(FLAGS, ("web", "--help"), interspersed=False).help


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--nope",), "unknown flag: --nope"),
        (("--nope=1",), "unknown flag: --nope"),
        (("-x",), "unknown shorthand flag: 'x' in -x"),
        (("-dx",), "unknown shorthand flag: 'x' in -dx"),
        (("--timeout",), "flag needs an argument: --timeout"),
        (("-dt",), "flag needs an argument: 't' in -dt"),
        (
            ("--timeout", "abc"),
            'invalid argument "abc" for "-t, --timeout" flag: strconv.ParseInt: parsing "abc": invalid syntax',
        ),
        (("--timeout=1.5",), 'invalid argument "1.5" for "-t, --timeout" flag: strconv.ParseInt: parsing "1.5": invalid syntax'),
        (
            ("--detach=maybe",),
            'invalid argument "maybe" for "-d, --detach" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
        ),
        (("--=x",), "bad flag syntax: --=x"),
        (("---x",), "bad flag syntax: ---x"),
    ],
)
def test_mistakes_are_told_in_the_peers_words(args, message):
    with pytest.raises(ComposeError) as caught:
        read(*args)
    assert str(caught.value) == message
    assert caught.value.exit_code == 1


def test_a_misspelt_flag_is_answered_with_the_likely_one():
    with pytest.raises(ComposeError) as caught:
        read("--detatch")
    assert caught.value.diagnostics[0].hint == "did you mean `--detach`?"
