"""The variables that files name."""

from compose.load.variables import plain, variables

DATA = {
    "services": {
        "a": {
            "image": "${IMAGE:-redis}$TAG",
            "environment": ["A=${A:?needed}", "B=${B:+other}", "C=$$NOT"],
            "labels": {"l": "${OUTER:-${INNER:-x}}"},
        }
    }
}


def test_variables_with_what_is_said_of_them():
    assert plain(variables(DATA)) == {
        "A": {"Name": "A", "DefaultValue": "", "PresenceValue": "", "Required": True},
        "B": {"Name": "B", "DefaultValue": "", "PresenceValue": "other", "Required": False},
        "IMAGE": {"Name": "IMAGE", "DefaultValue": "redis", "PresenceValue": "", "Required": False},
        "INNER": {"Name": "INNER", "DefaultValue": "x", "PresenceValue": "", "Required": False},
        "OUTER": {"Name": "OUTER", "DefaultValue": "${INNER:-x}", "PresenceValue": "", "Required": False},
        "TAG": {"Name": "TAG", "DefaultValue": "", "PresenceValue": "", "Required": False},
    }


def test_the_last_mention_counts():
    assert variables({"a": ["${X:-1}", "${X:-2}"]})["X"].default == "2"


def test_what_is_no_text_names_nothing():
    assert variables({"a": [1, None, True, {"b": 2.5}]}) == {}
