from __future__ import annotations

import io

from compose.base.events import StepOutput, StepProgress, StepSkipped
from compose.view.plain import Plain

WEB, IMAGE = "Container p-web-1", "Image redis:7"


def shown(*events):
    stdout, stderr = io.StringIO(), io.StringIO()
    view = Plain(stdout, stderr)
    for event in events:
        view.handle(event)
    view.close()
    return stdout.getvalue(), stderr.getvalue()


def test_one_line_an_event_as_the_peer_writes_it(happen):
    out, err = shown(happen.plan(), happen.started("a", WEB), happen.finished("a", WEB), happen.end())
    assert err == " Container p-web-1 Creating \n Container p-web-1 Created \n"
    assert out == ""


def test_details_follow_the_word(happen):
    _, err = shown(happen.started("a", WEB, "Waiting", waits_for="db to be healthy"), happen.failed("a", WEB, "it broke\nbadly"))
    assert err == " Container p-web-1 Waiting for db to be healthy\n Container p-web-1 Error it broke\n"


def test_progress_is_a_line_only_when_its_words_change():
    def layer(detail, current):
        return StepProgress(time=1.0, step="p", resource=IMAGE, part="aa", detail=detail, current=current, total=9)

    _, err = shown(layer("Downloading", 1), layer("Downloading", 5), layer("Extracting", 1), layer("", 2))
    assert err == " aa Downloading \n aa Extracting \n"


def test_what_is_skipped_is_told_once_for_each_reason():
    def skipped(step, reason):
        return StepSkipped(time=1.0, step=step, address="container:web:1", resource=WEB, reason=reason)

    _, err = shown(skipped("c", "it failed"), skipped("s", "it failed"), skipped("w", "the user stopped"))
    assert err == " Container p-web-1 Skipped it failed\n Container p-web-1 Skipped the user stopped\n"


def test_a_transfer_is_a_line_at_its_beginning_and_one_at_its_end(happen):
    _, err = shown(
        happen.started("p", IMAGE, "Pulling"),
        StepProgress(time=1.0, step="p", resource=IMAGE, part="aa", detail="Downloading", current=1, total=9),
        happen.finished("p", IMAGE, "Pulled", detail="12.0MB, 3.0MB/s"),
    )
    assert err == " Image redis:7 Pulling \n Image redis:7 Pulled 12.0MB, 3.0MB/s\n"


def test_what_a_build_writes_goes_to_stdout():
    out, err = shown(StepOutput(time=1.0, step="b", resource=IMAGE, text="Step 1/2 : \x1bFROM"))
    assert (out, err) == ("Step 1/2 : \\x1bFROM\n", "")


def test_every_event_is_handled(events):
    out, err = shown(*events)
    assert len(out.splitlines()) == 1
    assert len(err.splitlines()) == 6


def test_a_replacement_is_told_as_one(happen):
    group = "recreate:web:1"
    pairs = [("Creating", "Created"), ("Starting", "Started"), ("Removing", "Removed"), ("Renaming", "Renamed")]
    events = [
        event
        for doing, done in pairs
        for event in (happen.started(doing, WEB, doing, group=group), happen.finished(doing, WEB, done, group=group))
    ]
    _, err = shown(*events)
    assert [line.split()[-1] for line in err.splitlines()] == ["Recreate", "Starting", "Started", "Recreated"]
