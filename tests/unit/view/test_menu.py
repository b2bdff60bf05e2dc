"""The menu of attached `up`: keys in, a line out."""

from __future__ import annotations

import pytest

from compose.view.menu import Menu, lay_out_menu, press
from compose.view.width import cells

THREE = Menu(services=("web", "db", "cache"))


def text(menu, width=120):
    return "".join(part for part, _style in lay_out_menu(menu, width))


def pressed(menu, *keys):
    actions = []
    for key in keys:
        menu, action = press(menu, key)
        actions.append(action)
    return menu, actions


def test_the_keys_are_told():
    assert text(THREE) == "w Enable Watch   l Logs   d Detach   s Stop"
    assert text(Menu(watch=True)) == "w Disable Watch   d Detach   s Stop"


@pytest.mark.parametrize(("key", "action"), [("d", "detach"), ("w", "watch"), ("W", "watch"), ("enter", "line"), ("x", "")])
def test_keys_ask_for_something(key, action):
    assert press(THREE, key) == (THREE, action)


def test_stopping_takes_the_same_key_twice():
    asked, _ = press(THREE, "s")
    assert text(asked) == "press s again to stop everything"
    assert press(asked, "s") == (THREE, "stop")
    assert pressed(THREE, "s", "x", "s")[1] == ["", "", ""]


def test_services_are_turned_off_and_on():
    menu, actions = pressed(THREE, "l", "right", " ")
    assert (menu.hidden, actions) == (frozenset({"db"}), ["", "", "logs"])
    assert text(menu).startswith("Logs ● web  ○ db  ● cache  ")
    menu, _ = pressed(menu, "escape")
    assert text(menu) == "w Enable Watch   l Logs (1 hidden)   d Detach   s Stop"
    assert pressed(menu, "l", "2")[0].hidden == frozenset()
    assert pressed(menu, "l", "left", "o")[0].hidden == {"web", "db"}
    assert pressed(menu, "l", "a")[0].hidden == frozenset()


def test_a_message_stands_until_the_next_key():
    menu = Menu(message="watch is not yet configured")
    assert text(menu) == "watch is not yet configured"
    assert text(press(menu, "x")[0]) == "w Enable Watch   d Detach   s Stop"


def test_nothing_can_be_chosen_where_nothing_is_shown():
    assert press(Menu(), "l") == (Menu(), "")


@pytest.mark.parametrize("width", [1, 5, 11, 20, 39, 80])
def test_the_line_fits(width):
    many = Menu(services=tuple(f"service-number-{number}" for number in range(30)), message="")
    menus = [many, Menu(message="a long message that has no room on a narrow terminal")]
    menus += [pressed(many, "l", *["right"] * steps)[0] for steps in (0, 3, 29)]
    for menu in menus:
        assert cells(text(menu, width)) <= width


def test_the_chosen_service_is_in_sight_among_many():
    many = Menu(services=tuple(f"service-{number}" for number in range(30)))
    menu, _ = pressed(many, "l", *["right"] * 17)
    assert "service-17" in text(menu, 60)
    assert ("● service-17  ", "chosen") in lay_out_menu(menu, 60)
