"""How a request begins: a sentence, an emoji on somebody's message, a word in private, an offer where we may listen."""

from pathlib import Path

import pytest

from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.dialogue import ANA, BEA, CAI, CAMDEN, MAINTAINERS, PLANX, ROOM, SAM, Dialogue, dialogue, uses
from tests.plugins.requests.conftest import QUIET, kept, newest, steps

PRIVATE = "!direct:example.org"
WONDER = "the map layer in PlanX doesn't load for us"


async def _direct(talk: Dialogue) -> None:
    async with talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(Room(PRIVATE, "join", direct=True, members=2, inviter=ANA))


# --- 🆘 on somebody's message ------------------------------------------------------------------------


async def test_a_call_for_help_on_somebodys_message_opens_a_request_for_its_author(talk: Dialogue) -> None:
    said = await talk.say(WONDER, sender=ANA, addressed=False)
    await talk.react(said, "🆘", sender=BEA)
    assert "Help request #1 about PlanX, asked by ana" in talk.card(said).body
    assert talk.card(said).relation == {"m.in_reply_to": {"event_id": said}}
    request = await kept(talk)
    assert (request.asker, request.text) == (ANA, WONDER)
    await talk.say("history #1")
    assert "opened (bea)" in newest(talk).body


async def test_in_a_thread_its_card_stays_there(talk: Dialogue) -> None:
    root = await talk.say("morning all", addressed=False)
    said = await talk.say(WONDER, thread=root, addressed=False)
    await talk.react(said, "🆘")
    assert talk.card(said).relation["event_id"] == root


async def test_twice_is_once(talk: Dialogue) -> None:
    said = await talk.say(WONDER, addressed=False)
    await talk.react(said, "🆘", sender=BEA)
    await talk.react(said, "🆘", sender=CAI)
    async with talk.database.reading() as connection:
        assert await Memory(connection).requests.count_unanswered() == 1


async def test_taken_back_before_anybody_did_anything_it_is_withdrawn(talk: Dialogue) -> None:
    said = await talk.say(WONDER, addressed=False)
    sign = await talk.react(said, "🆘", sender=BEA)
    await talk.redact(sign, sender=BEA)
    assert "Withdrawn" in talk.card(said).body


async def test_taken_back_after_somebody_took_it_it_goes_on(talk: Dialogue) -> None:
    said = await talk.say(WONDER, addressed=False)
    sign = await talk.react(said, "🆘", sender=BEA)
    await talk.say("take", sender=CAI, thread=said, addressed=False)
    await talk.redact(sign, sender=BEA)
    assert "Taken by cai" in talk.card(said).body


async def test_on_a_message_that_cant_be_read_or_is_the_bots_nothing_happens(talk: Dialogue) -> None:
    await talk.say("board")
    await talk.react(newest(talk).event_id, "🆘")
    await talk.react("$nobody:knows", "🆘")
    said = len(talk.said)
    talk.chat.refuses.add((ROOM, "fetch"))
    await talk.react(await talk.say(WONDER, addressed=False), "🆘")
    assert len(talk.said) == said


# --- in a direct chat --------------------------------------------------------------------------------


async def test_in_private_it_is_asked_before_anybody_sees_it(talk: Dialogue) -> None:
    await _direct(talk)
    question = await talk.say("help with PlanX: the map layer doesn't load", room=PRIVATE)
    assert "Shall I ask it in" in newest(talk).body
    assert "the map layer doesn't load" in newest(talk).body
    assert talk.in_room(MAINTAINERS) == []
    await talk.say("yes", room=PRIVATE)
    card = talk.card(question)
    assert card.room_id == MAINTAINERS
    assert "The question: the map layer doesn't load" in card.body
    assert card.relation == {}
    assert "Done" in talk.in_room(PRIVATE)[-1].body


async def test_with_a_no_it_stays_between_them(talk: Dialogue) -> None:
    await _direct(talk)
    await talk.say("help with PlanX: the map layer doesn't load", room=PRIVATE)
    await talk.say("no", room=PRIVATE)
    assert talk.in_room(MAINTAINERS) == []
    assert "stays between us" in newest(talk).body


async def test_taken_back_before_the_yes_it_isnt_asked(talk: Dialogue) -> None:
    await _direct(talk)
    question = await talk.say("help with PlanX: the password is hunter2", room=PRIVATE)
    await talk.redact(question, room=PRIVATE)
    await talk.say("yes", room=PRIVATE)
    assert talk.in_room(MAINTAINERS) == []


async def test_the_talk_about_it_is_a_thread_on_the_card_and_its_asker_hears_in_private(talk: Dialogue) -> None:
    await _direct(talk)
    question = await talk.say("help with PlanX: the map layer doesn't load", room=PRIVATE)
    await talk.say("yes", room=PRIVATE)
    card = talk.card(question).event_id
    await talk.say("Clear the tile cache.", sender=BEA, room=MAINTAINERS, thread=card, addressed=False)
    assert "Answered by bea" in talk.card(question).body
    assert newest(talk, MAINTAINERS).relation["event_id"] == card
    assert any("#1" in said.body and "answered" in said.body for said in talk.in_room(PRIVATE)[2:])


async def test_taken_back_later_the_card_that_shows_its_words_goes_too(talk: Dialogue) -> None:
    await _direct(talk)
    question = await talk.say("help with PlanX: the password is hunter2", room=PRIVATE)
    await talk.say("yes", room=PRIVATE)
    card = talk.card(question).event_id
    await talk.redact(question, room=PRIVATE)
    assert card in talk.redacted
    assert "hunter2" not in talk.in_room(MAINTAINERS)[-1].body
    assert "Withdrawn" in talk.in_room(MAINTAINERS)[-1].body


# --- overheard where we may listen -------------------------------------------------------------------


@pytest.fixture
def plugins() -> dict[str, dict[str, object]]:
    """What listens."""
    return {"requests": QUIET, "directory": {}, "rooms": {}}


ASKED_ALOUD = "how do I reset my password in PlanX?"


async def test_a_question_overheard_is_offered_a_request_once(
    tmp_path: Path, plugins: dict[str, dict[str, object]]
) -> None:
    async with dialogue(tmp_path, plugins, assertions=[uses(CAMDEN, PLANX)]) as talk:
        await talk.say("listen here", sender=SAM)
        said = await talk.say(ASKED_ALOUD, addressed=False)
        assert "Shall I open a help request" in newest(talk).body
        await talk.say("yes", sender=CAI, addressed=False)
        assert "Shall I" in newest(talk).body  # it was ana who was asked
        await talk.say("yes", sender=ANA, addressed=False)
        assert "Help request #1" in talk.card(said).body
        count = len(talk.said)
        await talk.say(ASKED_ALOUD, sender=CAI, addressed=False)
        assert len(talk.said) == count  # quiet for hours
        await talk.wait(hours=5)
        await talk.say(ASKED_ALOUD, sender=CAI, addressed=False)
        assert "Shall I open a help request" in newest(talk).body


async def test_a_no_is_taken_and_nothing_more_is_said(tmp_path: Path, plugins: dict[str, dict[str, object]]) -> None:
    async with dialogue(tmp_path, plugins, assertions=[uses(CAMDEN, PLANX)]) as talk:
        await talk.say("listen here", sender=SAM)
        await talk.say(ASKED_ALOUD, addressed=False)
        said = len(talk.said)
        await talk.say("no thanks", sender=ANA, addressed=False)
        assert len(talk.said) == said
        async with talk.database.reading() as connection:
            assert await Memory(connection).requests.count_unanswered() == 0


async def test_where_nobody_lets_us_listen_nothing_is_offered(talk: Dialogue) -> None:
    await talk.say(ASKED_ALOUD, addressed=False)
    assert talk.said == []


# --- the rest ----------------------------------------------------------------------------------------


async def test_the_question_is_kept_with_its_code(talk: Dialogue) -> None:
    text = "the log says\n```\nresolve #1\nTraceback\n```\nwhat now"
    question = await talk.say(f"help with PlanX: {text}")
    assert (await kept(talk)).text == text
    assert "Open" in talk.card(question).body


async def test_a_client_without_threads_gets_replies_only(talk: Dialogue) -> None:
    await talk.rooms_say(threads=False)
    question = await talk.say("help with PlanX: the map layer doesn't load")
    await talk.react(question, "🙋", sender=BEA)
    assert newest(talk).relation == {"m.in_reply_to": {"event_id": question}}
    await talk.say("Clear the tile cache.", sender=BEA, reply_to=newest(talk).event_id, addressed=False)
    assert "Answered by bea" in talk.card(question).body
    assert "answer" in await steps(talk)
