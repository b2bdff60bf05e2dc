import pytest

from compose.load.interpolate import Interpolation, Unset, unset_warning
from compose.source.document import Origin
from compose.source.parse import parse

ENVIRONMENT = {"TWO": "2", "YES": "yes", "WORD": "word", "EMPTY": ""}


class Run:
    def __init__(self, text):
        (self.document,) = parse(Origin("compose.yaml", text))
        self.unset = Unset()
        interpolation = Interpolation(ENVIRONMENT.get, self.unset)
        interpolation.run(self.document)
        self.problems = interpolation.take_problems()
        self.warnings = interpolation.take_warnings()
        self.data = self.document.data


def value(path, text):
    lines = ["  " * depth + f"{key}:" for depth, key in enumerate(path)]
    return Run("\n".join(lines) + f" {text}\n")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (("services", "s", "scale"), "'${TWO}'", 2),
        (("services", "s", "scale"), "'03'", 3),
        (("services", "s", "scale"), "4", 4),
        (("services", "s", "deploy", "replicas"), "$TWO", 2),
        (("services", "s", "cpus"), "'1.${TWO}'", 1.2),
        (("services", "s", "ulimits", "nofile"), "'5'", 5),
        (("services", "s", "ulimits", "nofile", "soft"), "'5'", 5),
        (("services", "s", "privileged"), "'TRUE'", True),
        (("services", "s", "init"), "'false'", False),
        (("services", "s", "depends_on", "d", "required"), "'false'", False),
        (("networks", "n", "external"), "'true'", True),
        (("services", "s", "hostname"), "'2'", "2"),
        (("x-any", "scale"), "'${TWO}'", "2"),
    ],
)
def test_text_is_cast_where_another_type_is_wanted(path, text, expected):
    run = value(path, text)
    node = run.data
    for key in path:
        node = node[key]
    assert node == expected
    assert type(node) is type(expected)
    assert not run.problems


def test_casts_in_lists():
    run = Run("services: {s: {ports: [{target: '80'}], volumes: [{read_only: 'true', volume: {nocopy: 'false'}}]}}")
    service = run.data["services"]["s"]
    assert service["ports"][0]["target"] == 80
    assert service["volumes"][0] == {"read_only": True, "volume": {"nocopy": False}}


@pytest.mark.parametrize(
    ("path", "text", "detail"),
    [
        (("services", "s", "scale"), "${WORD}", 'strconv.ParseInt: parsing "word": invalid syntax'),
        (
            ("services", "s", "scale"),
            "'99999999999999999999'",
            'strconv.ParseInt: parsing "99999999999999999999": value out of range',
        ),
        (("services", "s", "scale"), "'1_0'", 'strconv.ParseInt: parsing "1_0": invalid syntax'),
        (("services", "s", "cpus"), "' 1'", 'strconv.ParseFloat: parsing " 1": invalid syntax'),
        (("services", "s", "tty"), "maybe", "invalid boolean: maybe"),
        (("services", "s", "tty"), "'${EMPTY}'", "invalid boolean: "),
    ],
)
def test_text_that_cannot_be_cast(path, text, detail):
    (problem,) = value(path, text).problems
    assert problem.code == "bad-cast"
    assert problem.summary == f"error while interpolating {'.'.join(path)}: failed to cast to expected type: {detail}"
    assert problem.path == path


def test_old_boolean_words_work_with_a_warning():
    run = value(("services", "s", "tty"), "${YES}")
    assert run.data["services"]["s"]["tty"] is True
    (warning,) = run.warnings
    assert warning.summary == '"yes" for boolean is not supported by YAML 1.2, please use `true`'


def test_keys_are_left_alone():
    assert Run("services: {'${TWO}': {image: '${TWO}'}}").data == {"services": {"${TWO}": {"image": "2"}}}


def test_every_missing_variable_of_a_document_is_told_at_its_place():
    run = Run("services:\n  s:\n    image: ${A:?first}\n    command: [x, 'b ${B?}']\n")
    assert [(problem.summary, str(problem.span)) for problem in run.problems] == [
        ("error while interpolating services.s.image: required variable A is missing a value: first", "compose.yaml:3:12"),
        ("error while interpolating services.s.command.[]: required variable B is missing a value", "compose.yaml:4:21"),
    ]


def test_a_malformed_form_shows_the_whole_text():
    (problem,) = Run("services: {s: {image: 'a ${1} b'}}").problems
    assert problem.summary == "invalid interpolation format for services.s.image."
    assert problem.detail == "You may need to escape any $ with another $.\na ${1} b"


def test_one_warning_for_a_variable_names_every_place():
    run = Run("a: $X\nb: [$X, '${X} $X']\n")
    warning = unset_warning(run.unset, "hint")
    assert warning.summary == 'The "X" variable is not set. Defaulting to a blank string.'
    assert str(warning.span) == "compose.yaml:1:4"
    assert [str(note.span) for note in warning.notes] == ["compose.yaml:2:5", "compose.yaml:2:10"]


def test_one_warning_for_all_variables():
    warning = unset_warning(Run("a: $X\nb: $Y\n").unset, "")
    assert warning.summary == "2 variables are not set. Defaulting to blank strings."
    assert warning.detail.splitlines() == [
        'The "X" variable is not set. Defaulting to a blank string.',
        'The "Y" variable is not set. Defaulting to a blank string.',
    ]


def test_no_warning_without_unset_variables():
    assert unset_warning(Unset(), "") is None
