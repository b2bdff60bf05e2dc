from __future__ import annotations

from compose.state.processes import Processes
from compose.view.top import top


def test_processes_of_all_containers_stand_under_one_header():
    web = Processes(
        service="web", number=1, titles=("UID", "CMD", "PID"), rows=(("root", "nginx -g", "12"), ("root", "worker", "13"))
    )
    db = Processes(service="db", number=0, titles=("PID", "USER", "CMD"), rows=(("7", "postgres", "postgres"),))
    assert top([web, db]) == (
        "SERVICE  #   UID   PID  USER      CMD\n"
        "web      1   root  12   -         nginx -g\n"
        "web      1   root  13   -         worker\n"
        "db       -   -     7    postgres  postgres\n"
    )


def test_nothing_running_is_no_output():
    assert top([]) == ""
    assert top([Processes(service="web", number=1, titles=("PID",), rows=())]) == ""
