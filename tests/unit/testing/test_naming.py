import re

from compose.testing.naming import fixed_name, stack_name


def test_a_directory_has_a_name_that_stays_and_differs_from_those_of_its_namesakes():
    assert fixed_name("/a/Shop API") == fixed_name("/a/Shop API")
    assert fixed_name("/a/shop") != fixed_name("/b/shop")
    assert re.fullmatch(r"t-shop-api-[0-9a-f]{6}", fixed_name("/a/Shop API"))
    assert re.fullmatch(r"t-stack-[0-9a-f]{6}", fixed_name("/"))


def test_two_stacks_never_have_the_same_name_unless_they_belong_to_one_run():
    assert stack_name("/a/shop") != stack_name("/a/shop")
    assert stack_name("/a/shop", run="A1B2") == stack_name("/a/shop", run="A1B2")
    assert stack_name("/a/shop", run="A1B2", worker="gw0").endswith("-a1b2-gw0")
