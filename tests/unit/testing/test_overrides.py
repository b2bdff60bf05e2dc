from compose.testing.overrides import overrides


def test_nothing_says_nothing():
    assert overrides() == {}


def test_each_kind_has_its_place_in_the_file():
    assert overrides(
        {"services": {"web": {"command": ["run"]}}},
        environment={"web": {"DEBUG": "1"}, "db": {"PASSWORD": "a$b"}},
        images={"web": "web:test"},
        files={"web": {"/etc/app.conf": "cost = $5\n"}},
    ) == {
        "services": {
            "web": {
                "command": ["run"],
                "environment": {"DEBUG": "1"},
                "image": "web:test",
                "configs": [{"source": "file-web-0", "target": "/etc/app.conf"}],
            },
            "db": {"environment": {"PASSWORD": "a$$b"}},
        },
        "configs": {"file-web-0": {"content": "cost = $$5\n"}},
    }


def test_variables_are_added_to_those_given_in_either_form():
    given = {"services": {"web": {"environment": ["A=1", "B"]}}}
    assert overrides(given, environment={"web": {"A": "2"}})["services"]["web"]["environment"] == {"A": "2", "B": None}
    assert given == {"services": {"web": {"environment": ["A=1", "B"]}}}
