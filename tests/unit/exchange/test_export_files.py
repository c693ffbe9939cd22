"""A file is there whole or not at all, and its name is one that every system takes."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import OperatorError
from bot.exchange.export_files import file_name, folder, opened


def test_a_file_that_is_there_is_replaced_and_keeps_who_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "uses.csv"
    path.write_text("old")
    path.chmod(0o640)
    with opened(path) as write:
        write("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_if_something_goes_wrong_the_old_file_stays_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "uses.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), opened(path) as write:
        write("half")
        raise ZeroDivisionError
    assert [p.name for p in tmp_path.iterdir()] == ["uses.csv"]
    assert path.read_text() == "old"


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    with opened(tmp_path / "link.csv") as write:
        write("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_a_device_is_written_to_and_never_replaced() -> None:
    with opened(Path(os.devnull)) as write:
        write("x")
    assert Path(os.devnull).is_char_device()


def test_half_a_character_is_no_reason_to_fail(tmp_path: Path) -> None:
    with opened(tmp_path / "uses.csv") as write:
        write("a\ud800b")
    assert (tmp_path / "uses.csv").read_text() == "a?b"


def test_what_cant_be_written_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(OperatorError, match=r"x\.csv: can't be written \(No such file"),
        opened(tmp_path / "no" / "x.csv"),
    ):
        pass
    with pytest.raises(OperatorError, match="is a folder; name a file"), opened(tmp_path):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="is a file, not a folder"):
        folder(tmp_path / "file")


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("local-authority:CMD", "local-authority_CMD.json"),
        ("domain:aarhus.dk", "domain_aarhus.dk.json"),
        ("planx", "planx.json"),
    ],
)
def test_a_plain_id_is_the_files_name(identity: str, name: str) -> None:
    assert file_name(identity, ".json") == name


@pytest.mark.parametrize(
    "identity", ["../../etc/passwd", "a/b", "..", "", "con", "x" * 300, "a:b:c", "a_b", ".x", "a.", "é"]
)
def test_any_other_is_told_apart_by_a_fingerprint(identity: str) -> None:
    assert file_name(identity, "").rpartition("_")[2].isalnum()
    assert len(file_name(identity, "").rpartition("_")[2]) == 8


@given(st.text(max_size=400) | st.text(alphabet="ab:._-/", max_size=6), st.text(alphabet="ab:._-/", max_size=6))
def test_no_id_leads_out_of_the_folder_and_two_ids_never_share_a_file(one: str, other: str) -> None:
    name = file_name(one, ".json")
    assert Path(name).name == name
    assert name.isascii()
    assert len(name) < 120
    assert name[0].isalnum()
    assert one == other or name != file_name(other, ".json")
