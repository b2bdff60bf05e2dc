from __future__ import annotations

import pytest

from compose.cli.root import group
from compose.cli.runtime import Runtime


@pytest.fixture
def options(process):
    def read(*arguments, **environ):
        runtime = Runtime(process(*arguments, "version", **environ))
        group().run([*arguments, "version"], obj=runtime)
        return runtime.options

    return read


def test_what_is_not_given_has_its_default(options):
    made = options()
    assert (made.files, made.project_name, made.parallel, made.ansi, made.progress, made.compatibility) == (
        (),
        "",
        -1,
        "auto",
        "",
        False,
    )


def test_repeated_options_keep_their_order(options):
    made = options("-f", "a.yaml", "--file=b.yaml", "--profile", "p", "--profile=q", "--env-file", "x")
    assert (made.files, made.profiles, made.env_files) == (("a.yaml", "b.yaml"), ("p", "q"), ("x",))


def test_the_environment_fills_in(options):
    made = options(COMPOSE_PARALLEL_LIMIT="4", COMPOSE_ANSI="never", COMPOSE_PROGRESS="json", COMPOSE_COMPATIBILITY="1")
    assert (made.parallel, made.ansi, made.progress, made.compatibility) == (4, "never", "json", True)


def test_flags_win_over_the_environment(options):
    made = options(
        "--parallel=-1", "--ansi=auto", "--progress=plain", "--compatibility=false",
        COMPOSE_PARALLEL_LIMIT="4", COMPOSE_ANSI="never", COMPOSE_PROGRESS="json", COMPOSE_COMPATIBILITY="1",
    )  # fmt: skip
    assert (made.parallel, made.ansi, made.progress, made.compatibility) == (-1, "auto", "plain", False)


def test_old_names_still_work(options):
    assert options("--workdir", "/x").project_directory == "/x"
    assert options("--no-ansi").ansi == "never"
