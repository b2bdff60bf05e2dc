from __future__ import annotations

import textwrap

import pytest

from compose.base.errors import ComposeError
from compose.build.artifact import Layer
from compose.build.publish import hidden_name, layers, questions, refuse
from compose.model.build import Build
from compose.model.project import Project
from compose.model.service import Service
from compose.model.storage import FileObject, Mount


@pytest.fixture
def shop(tmp_path):
    """Return a project made of files; services of the model are given apart."""

    def make(files, environment=None, **fields):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(textwrap.dedent(text))
        main = tuple(str(tmp_path / name) for name in files if name.startswith("compose"))
        return Project(name="shop", directory=str(tmp_path), files=main, environment=environment or {}, **fields)

    return make


def test_paths_of_this_machine_are_hidden_and_nothing_else_changes(shop, tmp_path):
    project = shop(
        {
            "compose.yaml": """\
            # a comment
            services:
              a:
                env_file: "a.env"   # kept
                extends: {file: parts/base.yaml , service: x}
              b:
                env_file:
                  - ${DIR}/b.env
                  - path: &anchor ./c.env
                    required: false
              c:
                env_file: *anchor
                extends: a
              d:
                extends: {file: https://host.test/a.git, service: y}
            """,
            "parts/base.yaml": "services: {x: {env_file: x.env}}\n",
        },
        {"DIR": "sub"},
    )
    main, base = layers(project)
    env = {name: hidden_name(str(tmp_path / name), ".env") for name in ("a.env", "sub/b.env", "c.env", "parts/x.env")}
    parent = hidden_name(str(tmp_path / "parts/base.yaml"), ".yaml")
    assert main == Layer(
        name="compose.yaml",
        content=textwrap.dedent(f"""\
            # a comment
            services:
              a:
                env_file: {env["a.env"]}   # kept
                extends: {{file: {parent} , service: x}}
              b:
                env_file:
                  - {env["sub/b.env"]}
                  - path: &anchor {env["c.env"]}
                    required: false
              c:
                env_file: *anchor
                extends: a
              d:
                extends: {{file: https://host.test/a.git, service: y}}
            """).encode(),
    )
    content = f"services: {{x: {{env_file: {env['parts/x.env']}}}}}\n".encode()
    assert base == Layer(name=parent, content=content, kind="extends")


def test_files_of_variables_are_published_on_request(shop, tmp_path):
    project = shop({"compose.yaml": "services: {a: {env_file: [a.env, {path: none.env, required: false}]}}", "a.env": "K=v\n"})
    assert len(layers(project)) == 1
    _, env = layers(project, with_env=True)
    assert env == Layer(name=hidden_name(str(tmp_path / "a.env"), ".env"), content=b"K=v\n", kind="env")


def test_pinned_images_are_the_last_layer(shop):
    found = layers(shop({"compose.yaml": "services: {}"}), digests={"web": "a@sha256:1"})
    assert found[-1] == Layer(name="image-digests.yaml", content=b"services:\n  web:\n    image: a@sha256:1\n")


def test_every_file_is_a_layer(shop):
    found = layers(shop({"compose.yaml": "services: {}", "compose.override.yaml": "name: x"}))
    assert [layer.name for layer in found] == ["compose.yaml", "compose.override.yaml"]


def test_parents_that_extend_each_other_are_published_once(shop):
    project = shop(
        {
            "compose.yaml": "services: {a: {extends: {file: one.yaml, service: x}}}",
            "one.yaml": "services: {x: {extends: {file: two.yaml, service: y}}}",
            "two.yaml": "services: {y: {}, z: {extends: {file: one.yaml, service: x}}}",
        }
    )
    assert [layer.kind for layer in layers(project)] == ["file", "extends", "extends"]


def test_standard_input_cannot_be_published():
    with pytest.raises(ComposeError, match="standard input"):
        layers(Project(name="x", directory="/", files=("-",)))


@pytest.mark.parametrize("include", ["[other.yaml]", "[{path: other.yaml}]", "[{path: [other.yaml]}]"])
def test_local_includes_cannot_be_published(shop, include):
    with pytest.raises(ComposeError, match="cannot publish compose file with local includes"):
        refuse(shop({"compose.yaml": f"include: {include}"}))


def test_remote_includes_can(shop):
    refuse(shop({"compose.yaml": "include: ['oci://host.test/a', 'https://host.test/a.git']"}))


def test_services_that_are_only_built_cannot_be_published(shop):
    services = {
        "a": Service(name="a", build=Build()),
        "b": Service(name="b", build=Build(), image="x"),
        "c": Service(name="c", build=Build()),
    }
    with pytest.raises(ComposeError) as caught:
        refuse(shop({"compose.yaml": "services: {}"}, services=services))
    (found,) = caught.value.diagnostics
    assert found.summary == "your Compose stack cannot be published as it only contains a build section for service(s):"
    assert found.detail == '- "a"\n- "c"'


def test_there_may_be_nothing_to_ask(shop):
    assert questions(shop({"compose.yaml": "services: {a: {image: x, environment: {A: b}}}"})) == ()


def test_bind_mounts_are_asked_about(shop):
    mounts = (Mount(type="bind", source="/home/me", target="/x"), Mount(type="volume", source="v", target="/y"))
    (found,) = questions(shop({"compose.yaml": ""}, services={"a": Service(name="a", volumes=mounts)}))
    assert found.key == "bind-mounts"
    assert "\na: /home/me:/x\n" in found.text
    assert found.text.endswith("Are you ok to publish these bind mount declarations?")


def test_variables_are_asked_about_unless_they_are_wanted(shop):
    project = shop(
        {
            "compose.yaml": """\
            services:
              a: {env_file: a.env, environment: {DB_PASSWORD: x, API_KEY: "${KEY}", PLAIN: y, EMPTY_SECRET: }}
              b: {environment: ["TOKEN=z", "TOKEN_FROM_HERE"]}
            """
        }
    )
    (found,) = questions(project)
    assert found.key == "environment"
    assert '  service "a": env_file declared\n  service "a": literal value for "DB_PASSWORD"\n' in found.text
    assert '  service "b": literal value for "TOKEN"\n' in found.text
    assert "API_KEY" not in found.text
    assert questions(project, with_env=True) == ()


def test_contents_of_configs_are_asked_about(shop):
    text = "configs: {a: {content: literal}, b: {content: '${X}'}, c: {file: x}}"
    (found,) = questions(shop({"compose.yaml": text}), with_env=True)
    assert (found.key, '  config "a"\n' in found.text, '"b"' in found.text) == ("config-content", True, False)


def test_what_looks_like_a_secret_is_asked_about_without_showing_it(shop, tmp_path):
    project = shop(
        {
            "compose.yaml": "x-url: https://me:hunter2@host.test/\nservices: {a: {env_file: a.env}}",
            "a.env": "A=b\nKEY=AKIAABCDEFGHIJKLMNOP\n",
            "key.pem": "-----BEGIN RSA PRIVATE KEY-----\n",
        },
        secrets={"k": FileObject(file=str(tmp_path / "key.pem"))},
    )
    (found,) = questions(project, with_env=True)
    assert found.key == "sensitive-data"
    assert f"URL with password: {tmp_path}/compose.yaml:1\n" in found.text
    assert f"AWS access key: {tmp_path}/a.env:2\n" in found.text
    assert f"Private Key: {tmp_path}/key.pem:1\n" in found.text
    assert "hunter2" not in found.text
    assert "AKIA" not in found.text
