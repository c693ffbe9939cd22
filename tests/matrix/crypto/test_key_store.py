"""The crypto store: refused when broken and left as it is; on the disk what a kill must not take; rotation."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import OperatorError
from bot.matrix.crypto.key_requests import MEGOLM
from bot.matrix.crypto.rotation import LEAST_AGE, Rotation
from tests.matrix.crypto.devices import CLERK, Clerk, Sender, body
from tests.store.samples import NOW, ROOM

FILE = f"{CLERK}_CLERK.db"


def made(folder: Path) -> Path:
    """A store that was closed properly."""
    Clerk(folder).close()
    return folder / FILE


def test_its_files_are_for_nobody_else(tmp_path: Path) -> None:
    path = made(tmp_path / "keys")
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


def _damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE storeversion SET version = 99")


def _other_pickle(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE accounts SET account = 'AAAA'")


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("breaking", [_garbage, _damaged, _newer, _other_pickle, _a_folder])
def test_a_broken_store_is_refused_with_a_way_out_and_left_as_it_is(tmp_path: Path, breaking: Any) -> None:
    path = made(tmp_path / "keys")
    breaking(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(OperatorError) as refusal:
        Clerk(tmp_path / "keys")
    assert str(path) in str(refusal.value)
    assert "restore" in str(refusal.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_store_that_takes_no_more_ends_the_process_rather_than_lose_a_key(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "clerk")
    ana = Sender(clerk, tmp_path / "ana")
    ana.begins()
    clerk.machine.store.database.execute_sql("PRAGMA query_only = ON")
    with pytest.raises(OperatorError, match="can't be written"):
        clerk.gets(ana.room_key())


def test_keys_that_came_are_on_the_disk_when_they_were_received(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "clerk")
    ana = Sender(clerk, tmp_path / "ana")
    ana.begins()
    clerk.gets(ana.room_key())
    again = Clerk(tmp_path / "clerk")  # beside the other, as after a kill: nothing was closed
    assert body(again.decrypt(ROOM, ana.says("hello"))) == "hello"


def test_the_private_half_of_a_key_is_on_the_disk_before_it_is_uploaded(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "clerk")
    clerk.machine.fallback_used = True
    body_uploaded = clerk.machine.share_keys()
    again = Clerk(tmp_path / "clerk")
    again.machine.uploaded_key_count = 50
    again.machine.account.shared = True
    again_uploaded = again.machine.share_keys()
    assert again_uploaded["one_time_keys"] == body_uploaded["one_time_keys"]
    assert again_uploaded["fallback_keys"] == body_uploaded["fallback_keys"]
    assert len(body_uploaded["fallback_keys"]) == 1
    [(_, fallback)] = body_uploaded["fallback_keys"].items()
    assert fallback["fallback"] is True
    assert again.machine.verify_json(dict(fallback), again.device_keys()["keys"]["ed25519:CLERK"], CLERK, "CLERK")


def test_a_ratchet_has_moved_on_the_disk_before_what_it_encrypted_leaves(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "clerk")
    ana = Sender(clerk, tmp_path / "ana")
    clerk.gets(ana.to_clerk("m.dummy", {}))
    device = clerk.machine.device_store[ana.user_id]["PHONE"]
    clerk.machine.create_outbound_group_session(ROOM)
    [(_, _)] = clerk.machine.share_group_session_parallel(ROOM, [ana.user_id], True)
    kept = Clerk(tmp_path / "clerk").machine.session_store.get(device.curve25519)
    now = clerk.machine.session_store.get(device.curve25519)
    assert kept is not None
    assert kept.pickle("") is not None
    first, second = kept.encrypt("x").to_parts(), now.encrypt("x").to_parts()
    assert first == second, "the same state: nothing was encrypted that the disk doesn't know"


def test_a_room_key_is_never_used_again_after_a_restart(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "clerk")
    clerk.machine.create_outbound_group_session(ROOM)
    assert Clerk(tmp_path / "clerk").machine.outbound_group_sessions == {}


def test_a_store_that_was_put_back_is_known_by_our_own_message_and_its_ratchets_are_used_no_more(
    tmp_path: Path,
) -> None:
    now = [NOW]
    clerk = Clerk(tmp_path / "clerk")
    ana = Sender(clerk, tmp_path / "ana")
    clerk.gets(ana.to_clerk("m.dummy", {}))
    clerk.close()
    shutil.copytree(tmp_path / "clerk", tmp_path / "backup")
    clerk = Clerk(tmp_path / "clerk")
    clerk.machine.create_outbound_group_session(ROOM)
    own = {"algorithm": MEGOLM, "device_id": "CLERK", "session_id": clerk.machine.outbound_group_sessions[ROOM].id}
    event: dict[str, Any] = {"sender": CLERK, "content": own}
    put_back = Clerk(tmp_path / "backup", lambda: now[0])
    for raw in (
        None, {}, {"sender": CLERK}, event | {"sender": ana.user_id}, event | {"content": own | {"device_id": "OTHER"}},
        event | {"content": own | {"algorithm": "m.other"}},
    ):  # fmt: skip
        put_back.recognise(ROOM, raw)
    clerk.recognise(ROOM, event)
    assert clerk.machine.get_missing_sessions([ana.user_id]) == {}
    assert put_back.machine.get_missing_sessions([ana.user_id]) == {}
    put_back.recognise(ROOM, event)
    for after in (put_back, Clerk(tmp_path / "backup")):
        assert after.machine.get_missing_sessions([ana.user_id]) == {ana.user_id: ["PHONE"]}
    for minutes, missing in ((59, False), (60, True)):
        put_back.machine.session_store.add(ana.account.identity_keys["curve25519"], ana.session)
        now[0] = NOW + timedelta(minutes=minutes)
        put_back.recognise(ROOM, event)
        assert bool(put_back.machine.get_missing_sessions([ana.user_id])) == missing, "a hostile server's word"


def test_encrypted_rooms_are_written_once(tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "clerk")
    clerk.machine.store.save_encrypted_rooms({ROOM})
    clerk.machine.store.database.execute_sql("PRAGMA query_only = ON")
    clerk.machine.store.save_encrypted_rooms({ROOM})
    clerk.machine.store.save_encrypted_rooms(set())


@pytest.mark.parametrize(
    ("asked", "messages", "age"),
    [
        ({}, 100, timedelta(days=7)),
        ({"rotation_period_msgs": 10, "rotation_period_ms": 86_400_000}, 10, timedelta(days=1)),
        ({"rotation_period_msgs": 1000, "rotation_period_ms": 10**11}, 100, timedelta(days=7)),
        ({"rotation_period_msgs": 0, "rotation_period_ms": 0}, 1, LEAST_AGE),
        ({"rotation_period_msgs": -5, "rotation_period_ms": -(10**30)}, 1, LEAST_AGE),
        ({"rotation_period_msgs": 10**30, "rotation_period_ms": 10**30}, 100, timedelta(days=7)),
        ({"rotation_period_msgs": True, "rotation_period_ms": "5"}, 100, timedelta(days=7)),
    ],
)
def test_a_rooms_key_is_changed_no_later_than_the_room_asks(
    tmp_path: Path, asked: dict[str, Any], messages: int, age: timedelta
) -> None:
    assert Rotation().within(asked) == Rotation(messages, age)
    clerk = Clerk(tmp_path)
    clerk.machine.asked_of_rooms[ROOM] = asked
    clerk.machine.create_outbound_group_session(ROOM)
    session = clerk.machine.outbound_group_sessions[ROOM]
    assert (session.max_messages, session.max_age) == (messages, age)
