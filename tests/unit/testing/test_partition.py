from compose.testing.partition import own_names


def test_a_service_keeps_a_name_that_its_id_happens_to_begin_with():
    endpoint = {"Aliases": ["stack-c-1", "c", "c77b8c5556c5"]}
    assert own_names(endpoint, "c77b8c5556c5" + 52 * "0") == ["stack-c-1", "c"]
    assert own_names({"Aliases": None}, 64 * "0") == []
