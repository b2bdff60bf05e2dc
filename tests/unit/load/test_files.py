import pytest

from compose.base.errors import InvalidProject
from compose.load import files as module
from compose.load.files import Files, absolute, in_home


def read(path, **more):
    return Files("/").text(str(path), **more)


def refusal(path):
    with pytest.raises(InvalidProject) as caught:
        read(path)
    return caught.value.diagnostics[0]


@pytest.mark.parametrize(
    "data", ["é\n".encode(), b"\xef\xbb\xbf" + "é\n".encode(), "é\n".encode("utf-16"), "\ufeffé\n".encode("utf-16-be")]
)
def test_encodings(tmp_path, data):
    path = tmp_path / "f"
    path.write_bytes(data)
    assert read(path) == "é\n"


def test_what_is_no_text(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"a\nb\xff\n")
    problem = refusal(path)
    assert problem.code == "bad-encoding"
    assert problem.summary == f"{path} is not text in UTF-8 (line 2)"


def test_what_is_not_there(tmp_path):
    assert refusal(tmp_path / "f").summary == f"open {tmp_path}/f: no such file or directory"


def test_what_is_a_directory(tmp_path):
    assert refusal(tmp_path).summary == f"read {tmp_path}: is a directory"


def test_a_loop_of_links(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert refusal(tmp_path / "a").code == "file-unreadable"


def test_a_name_with_a_nul():
    assert refusal("/a\0b").code == "file-unreadable"


def test_what_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 1 << 20)
    path = tmp_path / "f"
    path.write_bytes(b"x" * ((1 << 20) + 1))
    assert refusal(path).summary == f"{path} is larger than 1 MiB"


def test_a_file_is_read_once(tmp_path):
    path = tmp_path / "f"
    path.write_text("one")
    files = Files("/")
    assert files.text(str(path)) == "one"
    path.write_text("two")
    assert files.text(str(path)) == "one"


def test_standard_input():
    given = iter(["\ufeffa: 1"])
    files = Files("/", lambda: next(given))
    assert files.text("-") == files.text("-") == "a: 1"
    with pytest.raises(InvalidProject):
        read("-")


def test_paths_are_shown_from_where_the_user_is():
    files = Files("/home/ann/app")
    assert files.shown("/home/ann/app/sub/a.yaml") == "sub/a.yaml"
    assert files.shown("/home/ann/application.yaml") == "/home/ann/application.yaml"


def test_paths():
    assert absolute("../b/./c", "/a/x") == "/a/b/c"
    assert absolute("/c", "/a") == "/c"
    assert in_home("~/x", "/home/ann") == "/home/ann/x"
    assert in_home("~", "/home/ann") == "/home/ann"
    assert in_home("~x", "/home/ann") == "~x"
