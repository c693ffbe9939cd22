"""The tests' own rig: a real homeserver, and people who talk on it."""

from pathlib import Path

import pytest

from bot.demo.synapse_settings import prepare
from bot.errors import OperatorError
from tests.homeserver import PASSWORD, Homeserver, said_by


async def test_people_talk_and_read_it_back(homeserver: Homeserver) -> None:
    ana, bea = await homeserver.account("ana"), await homeserver.account("bea")
    room = await ana.create_room("Help", invite=[bea])
    await bea.join(room)
    question = await ana.send(room, "where is the form?", mentions=[bea])
    await bea.send(room, "this one", reply=question)
    await bea.send(room, "more of it", thread=question)
    await ana.react(room, question, "👍")
    await ana.edit(room, question, "where is the new form?")
    await ana.redact(room, await ana.send(room, "oops"))

    asked, answered, threaded, thanked, edited, redacted, _ = (await bea.messages(room))[-7:]

    assert asked.mentions == [bea.user_id]
    assert answered.reply_to == question
    assert (threaded.thread, threaded.reply_to) == (question, None)
    assert (thanked.reacts_to, thanked.key) == (question, "👍")
    assert (edited.replaces, edited.body) == (question, "where is the new form?")
    assert not redacted.is_message
    assert (await ana.wait_for(room, said_by(bea.user_id, "this"))).event_id == answered.event_id
    since = await ana.messages(room, since=thanked.event_id)
    assert [seen.event_id for seen in since][:2] == [edited.event_id, redacted.event_id]


async def test_a_long_room_is_read_whole_and_in_order(homeserver: Homeserver) -> None:
    ana = await homeserver.account("ana")
    room = await ana.create_room()
    said = [f"number {number}" for number in range(110)]
    for text in said:
        await ana.send(room, text)
    assert [seen.body for seen in await ana.messages(room) if seen.is_message] == said


async def test_what_never_came_fails_and_shows_the_room(homeserver: Homeserver) -> None:
    ana = await homeserver.account("ana")
    room = await ana.create_room()
    await ana.send(room, "is anybody there?")
    with pytest.raises(AssertionError, match="is anybody there"):
        await ana.wait_for(room, said_by("@nobody:localhost"), timeout=0.1)


@pytest.mark.homeserver
async def test_the_same_folder_is_the_same_homeserver(tmp_path: Path) -> None:
    async with Homeserver(tmp_path) as server:
        ana = await server.account("ana")
        room = await ana.create_room("Kept")
    await server.start()
    try:
        assert await ana.members(room) == {ana.user_id}
        assert (await server.register("ana", PASSWORD)).user_id == ana.user_id
    finally:
        await server.stop()


def test_the_secrets_of_a_homeserver_are_its_owners_alone(tmp_path: Path) -> None:
    prepare(tmp_path / "synapse", 8008, "localhost", {})
    assert [path.name for path in (tmp_path).rglob("*") if path.stat().st_mode & 0o077] == []


@pytest.mark.homeserver
async def test_a_homeserver_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = Homeserver(tmp_path, settings={"database": {"name": "cobol"}})
    with pytest.raises(OperatorError, match="Unsupported database type 'cobol'"):
        await server.start()
