"""Nothing secret is in what is kept."""

from __future__ import annotations

import json

from compose.commands.unsecret import Unsecret, secrets_of
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import FileObject


def test_texts_of_secrets_are_found_nowhere(tmp_path):
    (tmp_path / "key").write_text("from-a-file\n")
    project = Project(
        name="shop",
        directory=str(tmp_path),
        services={"db": Service(name="db", environment={"DB_PASSWORD": "in-the-service", "LEVEL": "debug"})},
        secrets={
            "a": FileObject(name="a", file=str(tmp_path / "key")),
            "b": FileObject(name="b", environment="B"),
            "gone": FileObject(name="gone", file=str(tmp_path / "gone")),
        },
        environment={"B": "from-the-environment", "API_KEY": "in-dot-env", "HOME": "/root"},
    )
    found = secrets_of(project, {"GITHUB_TOKEN": "the-callers", "PATH": "/bin"})
    assert found == {"from-a-file", "in-the-service", "from-the-environment", "in-dot-env", "the-callers"}
    text = Unsecret(found).text("debug: " + " ".join(sorted(found)) + " at postgres://me:hidden@db/x")
    assert text == "debug: *** *** *** *** *** at postgres://me:***@db/x"


def test_values_are_hidden_by_the_names_users_chose_and_not_by_those_of_the_schema():
    data = {
        "services": {"db": {"environment": {"DB_PASSWORD": "x1", "LEVEL": "debug"}, "secrets": [{"source": "a"}]}},
        "secrets": {"a": {"file": "./a"}, "b": {"content": "text"}},
    }
    assert Unsecret(()).config(data) == {
        "services": {"db": {"environment": {"DB_PASSWORD": "***", "LEVEL": "debug"}, "secrets": [{"source": "a"}]}},
        "secrets": {"a": {"file": "./a"}, "b": {"content": "***"}},
    }


def test_what_containers_hold_is_learnt():
    unsecret = Unsecret(())
    container = {"Config": {"Env": ["DB_PASSWORD=swordfish", "A=b", "EMPTY_TOKEN="], "Labels": {"my.token": "t"}}}
    unsecret.learn_from_container(container)
    shown = unsecret.json({**container, "Args": ("--with=swordfish",)})
    assert "swordfish" not in json.dumps(shown)
    assert shown["Config"]["Env"] == ["DB_PASSWORD=***", "A=b", "EMPTY_TOKEN="]
    assert shown["Config"]["Labels"] == {"my.token": "***"}
    assert unsecret.assignments(["run", "-e", "PASSWORD=other", "web"]) == ["run", "-e", "PASSWORD=***", "web"]
