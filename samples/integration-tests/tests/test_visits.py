"""What the service does with its stores; each test begins with empty ones."""

import pytest

pytestmark = pytest.mark.compose(reset=True)


def test_a_visit_is_counted_in_both_stores(get):
    status, said = get()
    assert status == 200
    assert (said["redis"]["hits"], said["postgres"]["visits"]) == (1, 1)


def test_counting_goes_on(get):
    assert [get()[1]["redis"]["hits"] for _ in range(3)] == [1, 2, 3]


def test_visits_are_kept_with_their_path(get, sql):
    get()
    get()
    assert sql("SELECT DISTINCT path FROM visits") == "/"
    assert sql("SELECT count(*) FROM visits") == "2"


def test_what_was_there_before_counts(get, sql):
    sql("INSERT INTO visits (path) SELECT '/old' FROM generate_series(1, 10)")
    assert get()[1]["postgres"]["visits"] == 11


def test_asking_for_health_does_not_count(get, sql):
    assert get("/health") == (200, {"redis": "PONG", "postgres": "1"})
    assert sql("SELECT count(*) FROM visits") == "0"
