from types import SimpleNamespace

import pytest

from compose.base.errors import fail
from compose.commands.captured import Completed
from compose.testing import ready

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   1: 0100007F:0050 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:1538 00000000000000000000000000000000:0000 0A 0
"""


def service(**methods):
    return SimpleNamespace(name="web", **methods)


def test_only_listeners_count_in_the_table_of_sockets():
    assert ready.parse_listening(TABLE) == {8080, 5432}
    assert ready.parse_listening("") == set()


def test_a_port_is_asked_for_inside():
    web = service(exec=lambda *_: Completed(code=1, stdout=TABLE))
    assert ready.tcp(8080).lacks(web) == ""
    assert ready.tcp(80).lacks(web) == "nothing listens on 80 inside"
    assert ready.Listening(ports=frozenset({80, 5432})).lacks(web) == ""
    assert ready.Listening(ports=frozenset({80, 81})).lacks(web) == "nothing listens on 80, 81 inside"


def test_a_command_that_fails_is_quoted_with_its_last_line():
    web = service(exec=lambda *_, **__: Completed(code=2, stderr="first\nno server\n"))
    assert ready.command("pg_isready", "-q").lacks(web) == "`pg_isready -q` ends with 2: no server"
    assert ready.command("true").lacks(service(exec=lambda *_, **__: Completed(code=0))) == ""


def test_lines_are_counted():
    web = service(last_ended_at=lambda: 1.0, logs=lambda **_: [SimpleNamespace(text=text) for text in ("ready", "x", "ready")])
    assert ready.log("^rea", count=2).lacks(web) == ""
    assert ready.log("rea", count=3).lacks(web) == "`rea` was written 2 of 3 times"


def test_a_check_that_cannot_connect_yet_does_not_hold():
    def answers(_service):
        raise ConnectionRefusedError("refused")

    assert ready.check(answers).lacks(service()) == "`answers`: refused"
    assert ready.check(lambda one: one.name == "web").lacks(service()) == ""


def test_where_nothing_can_be_run_inside_the_published_port_is_tried():
    def nothing(*_):
        raise fail("engine-error", "no such program")

    def unpublished(_port):
        raise fail("no-such-port", "not published")

    assert ready.listening(service(exec=nothing, port=unpublished), {80}) == set()


@pytest.mark.parametrize(("given", "codes"), [((), (0,)), ((0, 3), (0, 3))])
def test_exited_means_zero_unless_codes_are_given(given, codes):
    assert ready.exited(*given).codes == codes
