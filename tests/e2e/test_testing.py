"""`compose.testing.Stack` on a real engine."""

from __future__ import annotations

import urllib.request

import pytest

from compose import ComposeError
from compose.testing import Stack, StackFailed, ready

pytestmark = pytest.mark.engine

FILE = """
services:
  web:
    image: busybox
    container_name: the-only-one
    command: ["sh", "-c", "mkdir -p /w && echo $$WHO > /w/index.html && echo serving && exec httpd -f -p 8080 -h /w"]
    environment: {WHO: file}
    ports: ["8080:8080"]
  client:
    image: busybox
    init: true
    command: sleep 600
    healthcheck: {test: [CMD, "true"], interval: 60s}
    depends_on: {web: {condition: service_started}}
"""


def test_two_copies_run_at_once_and_leave_nothing(stack):
    file = stack.write(FILE)
    with (
        Stack(file, name=f"{stack.name}-a", environment={"web": {"WHO": "a$"}}) as first,
        Stack(file, name=f"{stack.name}-b", files_in={"web": {"/w/more": "b"}}) as second,
    ):
        assert urllib.request.urlopen(first["web"].url()).read() == b"a$\n"
        assert urllib.request.urlopen(second["web"].url(8080, "/more")).read() == b"b"
        assert first.run("client", "wget", "-qO-", "http://the-only-one:8080/", check=True).stdout == "a$\n"
        assert len(first.changes) == 2
    left = stack.client.containers.list(all=True, filters={"label": f"com.docker.compose.project={stack.name}-a"})
    assert left == []


def test_a_service_is_handled_by_its_name(stack):
    with Stack(stack.write(FILE), name=stack.name) as one:
        mark = one.mark()
        address = one["web"].address(8080)
        assert one["client"].exec("wget", "-qO-", f"http://{address}/").stdout == "file\n"
        one["web"].restart(stop_timeout=0)
        assert urllib.request.urlopen(one["web"].url()).read() == b"file\n"
        assert [line.text for line in one["web"].logs(since=mark)] == ["serving"]
        one["web"].stop(timeout=0)
        assert one["web"].observe().state == "exited"
        one["web"].start()
        one["web"].wait(ready.http(8080, status=200, body="file"), ready.log("serving", count=1), ready.tcp(8080))
        with pytest.raises(KeyError, match="did you mean `web`"):
            one["wep"]


def test_a_published_port_counts_when_something_listens_inside(stack):
    file = stack.write("""
services:
  late:
    image: busybox
    ports: ["8080"]
    command: ["sh", "-c", "while [ ! -e /go ]; do sleep 0.1; done; exec httpd -f -p 8080"]
""")
    one = Stack(file, name=stack.name, timeout=3)
    with pytest.raises(StackFailed, match="nothing listens on 8080 inside"):
        one.up()
    one["late"].exec("touch", "/go", check=True)
    one["late"].wait(timeout=60)
    one.down()


def test_what_ends_while_it_is_waited_for_fails_at_once_with_its_last_words(stack):
    file = stack.write("""
services:
  web: {image: busybox, command: ["sh", "-c", "sleep 1; echo cannot go on; exit 9"]}
""")
    with (
        pytest.raises(StackFailed, match=r"exited \(9\)(.|\n)*cannot go on"),
        Stack(file, name=stack.name, ready={"web": ready.log("never")}, timeout=200),
    ):
        pass


def test_a_budget_that_is_too_small_tells_who_took_it(stack):
    file = stack.write("""
services:
  db:
    image: busybox
    init: true
    command: ["sh", "-c", "echo still busy; sleep 600"]
    healthcheck: {test: echo not yet; exit 1, interval: 1s, retries: 99}
  web: {image: busybox, command: sleep 600, depends_on: {db: {condition: service_healthy}}}
""")
    with pytest.raises(StackFailed) as caught, Stack(file, name=stack.name, timeout=4):
        pass
    assert caught.value.report.count("    still busy\n") == 1
    assert "probe exited with 1" in caught.value.report
    assert "not yet" in caught.value.report
    assert "Waiting for db" in caught.value.report


def test_services_apart_cannot_reach_each_other_and_others_can_reach_both(stack):
    file = stack.write("""
x-any: &any
  image: busybox
  init: true
  command: ["sh", "-c", "mkdir -p /w && hostname > /w/index.html && exec httpd -f -p 80 -h /w"]
services:
  a: *any
  b: *any
  c: *any
""")

    def reaches(one, first, second):
        return one[first].exec("timeout", "4", "wget", "-qO-", f"http://{second}/").code == 0

    def comes_to_reach(one, first, second):
        text = f"until wget -qO- http://{second}/; do sleep 0.1; done"
        return one[first].exec("timeout", "60", "sh", "-c", text).code == 0

    with Stack(file, name=stack.name, ready={name: ready.tcp(80) for name in "abc"}) as one:
        with one.partition("a", "b"):
            assert comes_to_reach(one, "a", "c")
            assert comes_to_reach(one, "c", "a")
            assert comes_to_reach(one, "b", "c")
            assert not reaches(one, "a", "b")
            assert not reaches(one, "b", "a")
        assert comes_to_reach(one, "a", "b")
        assert comes_to_reach(one, "b", "a")
        assert len(stack.networks()) == 1


def test_volumes_are_brought_back_and_seeds_planted(stack, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(stack.folder / "state"))
    stack.write("grain", "seed.txt")
    file = stack.write("""
services:
  db:
    image: busybox
    init: true
    command: sleep 600
    volumes: ["data:/data", "./seed.txt:/seed.txt"]
volumes:
  data:
    x-seed: {command: "cat /seed.txt /proc/uptime > /data/grain", inputs: [./seed.txt]}
""")
    with Stack(file, name=stack.name, reset=True) as one:
        first = one["db"].exec("cat", "/data/grain", check=True).stdout
        assert first.startswith("grain")
        one["db"].exec("sh", "-c", "rm /data/grain; echo new > /data/more; mkdir /data/dir", check=True)
        one.reset()
        assert one["db"].exec("ls", "/data").stdout.split() == ["grain"]
        kept = one["db"].snapshot()
        one["db"].exec("touch", "/data/later", check=True)
        kept.restore()
        assert one["db"].exec("ls", "/data").stdout.split() == ["grain"]
    with Stack(file, name=stack.name) as again:
        assert again["db"].exec("cat", "/data/grain").stdout == first
    assert stack.volumes() == []


def test_databases_and_caches_are_brought_back_without_new_containers(stack):
    file = stack.write("""
services:
  db:
    image: postgres:16-alpine
    environment: {POSTGRES_USER: app, POSTGRES_PASSWORD: secret}
    healthcheck: {test: [CMD, pg_isready, -h, 127.0.0.1, -U, app], interval: 5s, retries: 99}
  cache:
    image: redis:7-alpine
    healthcheck: {test: [CMD, redis-cli, ping], interval: 5s, retries: 99}
  other:
    image: busybox
    init: true
    x-reset: echo fresh > /state
    command: sleep 600
""")

    def sql(one, text):
        return one["db"].exec("psql", "-U", "app", "-Atc", text, check=True).stdout.strip()

    with Stack(file, name=stack.name) as one:
        sql(one, "CREATE TABLE t (n int); INSERT INTO t VALUES (1)")
        one.keep_state()
        sql(one, "INSERT INTO t VALUES (2); CREATE TABLE other (n int)")
        one["cache"].exec("redis-cli", "SET", "key", "value", check=True)
        before = stack.ids()
        for _ in range(2):
            one.reset()
            assert sql(one, "SELECT string_agg(n::text, ',') FROM t") == "1"
            assert one["cache"].exec("redis-cli", "DBSIZE").stdout.strip() == "0"
            assert one["other"].exec("cat", "/state").stdout == "fresh\n"
            sql(one, "INSERT INTO t VALUES (3)")
        assert stack.ids() == before


def test_a_job_that_ends_badly_after_it_was_seen_running_is_noticed(stack):
    file = stack.write("""
services:
  job: {image: busybox, command: ["sh", "-c", "sleep 0.3; echo no luck; exit 3"]}
  web: {image: busybox, init: true, command: sleep 600, healthcheck: {test: sleep 1, interval: 60s, timeout: 30s}}
""")
    with pytest.raises(StackFailed, match=r"job-1 exited \(3\)(.|\n)*no luck"), Stack(file, name=stack.name):
        pass
    with Stack(file, name=stack.name, ready={"job": ready.exited(3)}) as one:
        assert one["job"].observe().exit_code == 3
        with pytest.raises(ComposeError, match="`job` publishes no port"):
            one["job"].url()
