"""C. Loading, environment, config: scenarios named as Docker Compose's own end-to-end tests are."""

from __future__ import annotations

import json

import pytest
import yaml

pytestmark = pytest.mark.engine

SLEEPER = "image: busybox, command: sleep 600, stop_grace_period: 0s"


def lines(text):
    return [line.strip() for line in text.splitlines()]


def test_env_priority(stack, client):
    """The shell, then `--env-file`, then `.env`, then the image."""
    stack.write("FROM busybox\nENV WHEREAMI=Dockerfile\n", "Dockerfile")
    stack.write("services: {s: {build: ., network_mode: none}}\n")
    stack.write('WHEREAMI="Env File"\n', ".env")
    stack.write("WHEREAMI=override\n", ".env.override")
    stack.write("WHEREAMI=${WHEREAMI:-EnvFileDefaultValue}\n", ".env.default")
    stack.write("", ".env.empty")
    classic = {"DOCKER_BUILDKIT": "0"}
    stack.compose("build", "-q", env=classic)
    rows = (
        (("--env-file", ".env.override"), {"WHEREAMI": "shell"}, "WHEREAMI", "shell"),
        (("--env-file", ".env.default"), {"WHEREAMI": "shell"}, "WHEREAMI", "shell"),
        (("--env-file", ".env.default"), {}, "WHEREAMI", "EnvFileDefaultValue"),
        ((), {"COMPOSE_ENV_FILES": ".env.default"}, "WHEREAMI", "EnvFileDefaultValue"),
        (("--env-file", ".env.override"), {}, "WHEREAMI=shell-run", "shell-run"),
        (("--env-file", ".env.override"), {}, "WHEREAMI", "override"),
        ((), {}, "WHEREAMI", "Env File"),
        (("--env-file", ".env.empty"), {}, "WHEREAMI", "Dockerfile"),
    )
    try:
        running = []
        for number, (flags, env, given, expected) in enumerate(rows):
            name = f"{stack.name}-{number}"
            stack.compose(*flags, "run", "-d", "--name", name, "-e", given, "s", "sh", "-c", "echo $WHEREAMI", env=classic | env)
            running.append((name, expected))
        for name, expected in running:
            container = client.containers.get(name)
            container.wait(timeout=60)
            assert container.logs().decode() == f"{expected}\n", name
    finally:
        for container in stack.containers(oneoff=True):
            container.remove(force=True)
        client.images.remove(f"{stack.name}-s", force=True)


def test_env_interpolation(stack):
    stack.write("WHEREAMI=EnvFile\nIMAGE=default_env:${WHEREAMI}\n", ".env")
    stack.write("services: {a: {image: busybox, environment: {IMAGE: '${IMAGE}'}}}\n")
    assert "IMAGE: default_env:shell" in stack.compose("config", env={"WHEREAMI": "shell"}).stdout


def test_comments_in_env_file_and_raw_env_file(stack):
    stack.write('COMMENT=1234#5\nNO_COMMENT="1234#5"\n', ".env")
    stack.write('TEST_VAR=\'{"key": "value"}\'\n', ".env.raw")
    stack.write("services: {a: {image: busybox, env_file: [{path: .env.raw, format: raw}]}}\n")
    printed = stack.compose("run", "--rm", "-T", "-e", "COMMENT", "-e", "NO_COMMENT", "a", "env").stdout.splitlines()
    assert {"COMMENT=1234#5", "NO_COMMENT=1234#5", 'TEST_VAR=\'{"key": "value"}\''} <= set(printed)


def test_run_env_file(stack):
    stack.write("FOO=BAR\n", "project/test.env")
    stack.write("services: {serviceC: {image: busybox, profiles: [c], env_file: test.env}}\n", "project/compose.yaml")
    assert "FOO=BAR" in stack.compose("-f", "project/compose.yaml", "run", "--rm", "-T", "serviceC", "env").stdout.splitlines()


def test_compose_file_set_by_dot_env_and_by_env_file(stack):
    enabled = "enabled: {image: 'enabled:profile', profiles: [test]}"
    model = f"services:\n  test: {{image: '${{IMAGE_NAME}}:${{IMAGE_TAG:-latest}}'}}\n  {enabled}\n"
    stack.write(model, "development/compose.yaml")
    settings = "IMAGE_NAME=test\nCOMPOSE_PROFILES=test\nCOMPOSE_FILE="
    stack.write(settings + '"${COMPOSE_FILE:-development/compose.yaml}"\n', ".env")
    stack.write("IMAGE_NAME=backend\nIMAGE_TAG=latest\n", "development/.env")
    stack.write(f"{settings}development/compose.yaml\nIMAGE_TAG=other\n", "elsewhere.env")
    found = stack.compose("config").stdout
    assert {"image: test:latest", "image: enabled:profile"} <= set(lines(found))
    found = stack.compose("--env-file", "elsewhere.env", "config").stdout
    assert {"image: test:other", "image: enabled:profile"} <= set(lines(found))


def test_config(stack):
    stack.write("services: {nginx: {build: {context: nginx-build, dockerfile: Dockerfile}}}\n")
    found = stack.compose("config").stdout
    assert found == (
        f"name: {stack.name}\nservices:\n  nginx:\n    build:\n      context: {stack.folder}/nginx-build\n"
        "      dockerfile: Dockerfile\n    networks:\n      default: null\n"
        f"networks:\n  default:\n    name: {stack.name}_default\n"
    )


def test_local_compose_config(stack):
    stack.write("services: {web: {image: nginx, ports: ['${PORT:-8080}:80']}}\n")
    found = stack.compose("config").stdout
    expected = ["- mode: ingress", "target: 80", 'published: "8080"', "protocol: tcp"]
    assert lines(found)[lines(found).index("- mode: ingress") :][:4] == expected
    assert json.loads(stack.compose("config", "--format", "json").stdout)["services"]["web"]["ports"][0]["published"] == "8080"
    plain = stack.compose("config", "--no-interpolate", "web")
    assert "- ${PORT:-8080}:80" in lines(plain.stdout)
    assert "filter" in plain.stderr.lower() or "everything is shown" in plain.stderr
    variables = stack.compose("config", "--variables", "--format", "json").stdout
    assert variables.startswith('{\n    "PORT": {')
    assert json.loads(variables)["PORT"] == {"Name": "PORT", "DefaultValue": "8080", "PresenceValue": "", "Required": False}
    found = yaml.safe_load(stack.compose("config", "--variables", "--format", "yaml").stdout)
    assert found["PORT"] == {"name": "PORT", "defaultvalue": "8080", "presencevalue": "", "required": False}


def test_config_hash_matches_container_label(stack):
    stack.write("A=1\n", "a.env")
    missing = "env_file: [{path: none.env, required: false}]"
    stack.write(f"services:\n  a: {{{SLEEPER}, env_file: a.env}}\n  b: {{{SLEEPER}, {missing}}}\n  c: {{{SLEEPER}}}\n")
    stack.compose("up", "-d", "--force-recreate")
    labels = {name: stack.container(name).labels["com.docker.compose.config-hash"] for name in ("a", "b", "c")}
    assert stack.compose("config", "--hash", "*").stdout == "".join(f"{name} {labels[name]}\n" for name in sorted(labels))
    assert stack.compose("config", "--hash", "b").stdout == f"b {labels['b']}\n"


def test_dot_env_profile_usage(stack):
    stack.write("COMPOSE_PROFILES=test-profile\n", ".env")
    stack.write(f"services:\n  main: {{{SLEEPER}}}\n  extra: {{{SLEEPER}, profiles: [test-profile]}}\n")
    stack.compose("up", "-d")
    assert stack.states() == {"main-1": "running", "extra-1": "running"}


def test_no_profile_usage(stack):
    stack.write(f"services:\n  main: {{{SLEEPER}}}\n  extra: {{{SLEEPER}, profiles: [test-profile]}}\n")
    stack.compose("up", "-d")
    kept = stack.ids()
    for command, state in (("stop", "exited"), ("start", "running"), ("restart", "running")):
        stack.compose(command)
        assert (stack.ids(), stack.states()) == (kept, {"main-1": state})
    stack.compose("down")
    assert stack.containers() == []


def test_secret_from_include(stack):
    stack.write("MY_SECRET=this-is-secret\n", "sub/secret.env")
    included = "services: {included: {image: busybox, secrets: [s], command: cat /run/secrets/s}}\n"
    included += "secrets: {s: {environment: MY_SECRET}}\n"
    stack.write(included, "sub/compose.yaml")
    stack.write("include: [{path: sub/compose.yaml, env_file: [sub/secret.env]}]\n")
    assert stack.compose("run", "--rm", "-T", "included").stdout.strip() == "this-is-secret"


def test_ps_honors_ps_format(stack):
    stack.write('{"psFormat": "table {{.Name}}"}', "docker/config.json")
    stack.write(f"services: {{a: {{{SLEEPER}}}}}\n")
    found = stack.compose("ps", env={"DOCKER_CONFIG": str(stack.folder / "docker")}).stdout
    assert found.split() == ["NAME"]
