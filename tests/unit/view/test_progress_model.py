from __future__ import annotations

from functools import reduce as fold

import pytest

from compose.base.events import HealthChanged, ResourceUnchanged, StepOutput, StepProgress, StepSkipped
from compose.view.progress_model import OUTPUT_LINES, Progress, reduce

WEB, DB, IMAGE = "Container p-web-1", "Container p-db-1", "Image redis:7"


def after(*events):
    return fold(reduce, events, Progress())


def test_a_step_makes_a_row_that_works_until_it_ends(happen):
    progress = after(happen.plan(), happen.started("a", WEB, time=100.0, waits_for="db to be healthy"))
    assert (progress.rows[WEB].state, progress.rows[WEB].waits_for, progress.done) == ("working", "db to be healthy", 0)
    assert progress.is_working
    progress = reduce(progress, happen.finished("a", WEB, time=102.5))
    row = progress.rows[WEB]
    assert (row.state, row.action, row.seconds, row.waits_for) == ("done", "Created", 2.5, "")
    assert not progress.is_working
    assert progress.done == 1


def test_later_steps_of_a_resource_continue_its_row(happen):
    progress = after(
        happen.started("a", WEB, time=100.0),
        happen.finished("a", WEB, time=101.0),
        happen.started("b", WEB, "Starting", time=104.0),
    )
    assert (progress.rows[WEB].state, progress.rows[WEB].began, progress.rows[WEB].seconds) == ("working", 100.0, None)
    progress = reduce(progress, happen.finished("b", WEB, "Started", time=105.0))
    assert (progress.rows[WEB].action, progress.rows[WEB].seconds) == ("Started", 5.0)


def test_a_row_works_while_any_of_its_steps_does(happen):
    progress = after(
        happen.started("a", WEB, "Waiting"), happen.started("b", WEB, "Copying"), happen.finished("b", WEB, "Copied")
    )
    assert (progress.rows[WEB].state, progress.rows[WEB].action) == ("working", "Waiting")


@pytest.mark.parametrize(("optional", "state", "word"), [(False, "failed", "Error"), (True, "warning", "Warning")])
def test_a_failure_shows_its_reason(happen, optional, state, word):
    progress = after(happen.started("a", WEB), happen.failed("a", WEB, "port taken", optional=optional))
    row = progress.rows[WEB]
    assert (row.state, row.action, row.detail) == (state, word, "port taken")


def test_what_is_skipped_after_a_failure_does_not_hide_it(happen):
    skipped = StepSkipped(time=102.0, step="b", address="container:web:1", resource=WEB, reason="creating failed")
    assert after(happen.failed("a", WEB), skipped).rows[WEB].state == "failed"
    assert (after(skipped).rows[WEB].state, after(skipped).rows[WEB].action) == ("skipped", "Skipped")


def test_what_was_reached_stays_true_when_the_rest_is_skipped(happen):
    skipped = StepSkipped(time=102.0, step="b", address="container:web:1", resource=WEB, reason="stopped by the user")
    progress = after(happen.started("a", WEB), happen.finished("a", WEB), happen.started("b", WEB, "Waiting"), skipped)
    row = progress.rows[WEB]
    assert (row.state, row.action, row.detail) == ("skipped", "Created", "stopped by the user")


def test_layers_of_a_pull_are_parts(happen):
    progress = after(
        happen.started("p", IMAGE, "Pulling"),
        StepProgress(time=1.0, step="p", resource=IMAGE, part="aa", detail="Downloading", current=5, total=10),
        StepProgress(time=1.0, step="p", resource=IMAGE, part="bb", detail="Waiting"),
        StepProgress(time=1.0, step="p", resource=IMAGE, part="aa", detail="Extracting", current=10),
    )
    parts = progress.rows[IMAGE].parts
    assert list(parts) == ["aa", "bb"]
    assert (parts["aa"].detail, parts["aa"].current, parts["aa"].total) == ("Extracting", 10, 10)


def test_only_the_last_lines_of_output_are_kept_and_a_failure_keeps_them(happen):
    lines = [StepOutput(time=1.0, step="b", resource=IMAGE, text=str(number)) for number in range(10)]
    progress = after(happen.started("b", IMAGE, "Building"), *lines)
    last = tuple(str(number) for number in range(10 - OUTPUT_LINES, 10))
    assert progress.rows[IMAGE].output == last
    assert reduce(progress, happen.finished("b", IMAGE, "Built")).rows[IMAGE].output == ()
    assert reduce(progress, happen.failed("b", IMAGE)).rows[IMAGE].output == last


def test_unchanged_resources_are_done():
    progress = after(ResourceUnchanged(time=1.0, address="container:web:1", resource=WEB))
    assert (progress.rows[WEB].state, progress.rows[WEB].action) == ("done", "Running")


def test_health_is_told_on_the_row_that_waits(happen):
    change = HealthChanged(time=1.0, service="web", container="p-web-1", state="starting", detail="probe 2 of 3 failed")
    assert after(happen.started("w", WEB, "Waiting"), change).rows[WEB].detail == "probe 2 of 3 failed"
    assert after(happen.finished("w", WEB, "Healthy"), change).rows[WEB].detail == ""
    assert after(change).rows == {}


def test_a_new_plan_begins_afresh(happen):
    progress = after(happen.plan("up"), happen.finished("a", WEB), happen.end(), happen.plan("stop"))
    assert (progress.command, progress.rows, progress.finished) == ("stop", {}, False)


def test_every_event_can_be_folded(events):
    assert after(*events).finished


def test_folding_changes_no_earlier_value(happen):
    before = after(happen.started("a", WEB))
    reduce(before, happen.finished("a", WEB))
    assert before.rows[WEB].state == "working"


def test_what_is_unchanged_may_be_said_before_the_plan_starts(happen):
    unchanged = ResourceUnchanged(time=1.0, address="container:web:1", resource=WEB)
    assert list(after(unchanged, happen.plan()).rows) == [WEB]


def test_a_service_that_waits_for_another_holds_up_its_rows(happen):
    wait = happen.started("w", DB, "Waiting", address="service:db", waits_for="db to be healthy", dependant="web")
    progress = after(happen.started("a", WEB), happen.finished("a", WEB), happen.started("b", DB, address="container:db:1"), wait)
    assert progress.held_up(progress.rows[WEB]) == "db to be healthy"
    assert progress.held_up(progress.rows[DB]) == ""
    assert progress.done == 0
    progress = reduce(progress, happen.finished("w", DB, "Healthy", address="service:db"))
    assert progress.held_up(progress.rows[WEB]) == ""
    assert progress.done == 1


def test_a_failed_wait_holds_nothing_up_any_more(happen):
    wait = happen.started("w", DB, "Waiting", address="service:db", waits_for="db to be healthy", dependant="web")
    progress = after(happen.finished("a", WEB), wait, happen.failed("w", DB))
    assert progress.waits == {}


def test_a_replacement_is_one_thing_however_many_steps_it_takes(happen):
    group, words, progress = "recreate:web:1", [], Progress()
    for step, (doing, done) in enumerate(
        [
            ("Creating", "Created"),
            ("Stopping", "Stopped"),
            ("Starting", "Started"),
            ("Removing", "Removed"),
            ("Renaming", "Renamed"),
        ]
    ):
        progress = reduce(progress, happen.started(str(step), WEB, doing, group=group))
        words.append(progress.rows[WEB].action)
        progress = reduce(progress, happen.finished(str(step), WEB, done, group=group))
        words.append(progress.rows[WEB].action)
    assert list(dict.fromkeys(words)) == ["Recreate", "Stopping", "Stopped", "Starting", "Started", "Recreated"]


def test_a_failed_row_does_not_repeat_itself(happen):
    name = "Container shop-db-1"
    summary = "dependency failed to start: container shop-db-1 is unhealthy"
    progress = reduce(Progress(), happen.failed("a", name, summary))
    assert progress.rows[name].detail == "is unhealthy"
