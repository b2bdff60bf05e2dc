"""What the service does when something is wrong."""

import pytest


def test_an_unknown_page_is_not_found(get):
    assert get("/nowhere") == (404, {"error": "no page at /nowhere"})


def test_without_its_cache_it_says_so_and_recovers(stack, get):
    stack["cache"].stop(timeout=1)
    assert get()[0] == 503
    stack["cache"].start()
    assert get()[0] == 200


def test_a_restart_of_the_database_loses_nothing(stack, get):
    before = get()[1]["postgres"]["visits"]
    stack["db"].restart(stop_timeout=5)
    assert get()[1]["postgres"]["visits"] == before + 1


def test_it_is_found_by_its_name_inside_and_writes_what_it_is_asked(stack):
    mark = stack.mark()
    script = "import urllib.request; print(urllib.request.urlopen('http://web:8000/health').status)"
    assert stack.run("web", "python3", "-c", script, check=True).stdout == "200\n"
    assert any("GET /health" in line.text for line in stack["web"].logs(since=mark))


@pytest.mark.on_purpose
def test_fails_on_purpose(sql, get):
    sql("DROP TABLE visits")
    assert get()[0] == 200
