"""Past answers first: shown to whoever asks again, and only where they may be seen."""

from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.dialogue import ANA, BEA, CAI, ROOM, SAM, Dialogue
from tests.plugins.requests.conftest import kept, newest, steps

FIRST = "help with PlanX: the map layer doesn't load in Firefox"
AGAIN = "help with PlanX: in Firefox our map layer does not load"
ANSWER = "Clear the tile cache under Team settings."
OTHER = "!other:example.org"


async def _answered(talk: Dialogue) -> str:
    question = await talk.say(FIRST)
    answer = await talk.say(ANSWER, sender=BEA, thread=question, addressed=False)
    await talk.react(answer, "✅", sender=ANA)
    return answer


async def test_an_answer_that_fits_is_shown_before_the_card(talk: Dialogue) -> None:
    await _answered(talk)
    question = await talk.say(AGAIN, sender=CAI)
    shown, card = [said for said in talk.said if not said.edits][-2:]
    assert "Has this been answered?" in shown.body
    assert "#1 (https://matrix.to/#/!room:example.org/" in shown.body
    assert "the map layer doesn't load in Firefox – Clear the tile cache under Team settings." in shown.body
    assert card.body == talk.card(question).body
    assert "Open" in card.body


async def test_thats_it_closes_the_new_one_and_says_where_the_answer_is(talk: Dialogue) -> None:
    await _answered(talk)
    question = await talk.say(AGAIN, sender=CAI)
    await talk.say("that's it, thanks", sender=CAI, addressed=False)
    assert "#2 is resolved: #1 (" in newest(talk).body
    assert "Resolved" in talk.card(question).body
    await talk.say("history #2", sender=CAI)
    assert "resolved with the answer of #1" in newest(talk).body


async def test_the_number_picks_and_survives_a_restart(talk: Dialogue) -> None:
    await _answered(talk)
    await talk.say(AGAIN, sender=CAI)
    await talk.wait(minutes=5)
    await talk.say("1", sender=CAI, addressed=False)
    assert (await kept(talk, 2)).state == "resolved"


async def test_only_the_asker_can_say_that_it_is(talk: Dialogue) -> None:
    await _answered(talk)
    await talk.say(AGAIN, sender=CAI)
    await talk.say("that's it", sender=SAM, addressed=False)
    await talk.say("1", sender=BEA, addressed=False)
    assert (await kept(talk, 2)).state == "open"


async def test_a_no_leaves_it_open(talk: Dialogue) -> None:
    await _answered(talk)
    await talk.say(AGAIN, sender=CAI)
    await talk.say("no, that's something else", sender=CAI, reply_to=newest(talk).event_id, addressed=False)
    await talk.say("no", sender=CAI, addressed=False)
    assert "#2 stays open" in newest(talk).body
    assert (await kept(talk, 2)).state == "open"


async def test_what_doesnt_fit_or_was_taken_back_or_reopened_is_not_shown(talk: Dialogue) -> None:
    answer = await _answered(talk)
    await talk.say("help with PlanX: who do we pay for hosting", sender=CAI)
    assert "Has this been answered?" not in "".join(said.body for said in talk.said)
    await talk.say("reopen #1")
    await talk.say(AGAIN, sender=CAI)
    assert "Has this been answered?" not in "".join(said.body for said in talk.said)
    await talk.redact(answer, sender=BEA)
    await talk.say("resolve #1")
    await talk.say(AGAIN, sender=CAI)
    assert "Has this been answered?" not in "".join(said.body for said in talk.said)


async def test_an_answer_taken_back_is_not_shown(talk: Dialogue) -> None:
    answer = await _answered(talk)
    await talk.redact(answer, sender=BEA)
    await talk.say(AGAIN, sender=CAI)
    assert "Has this been answered?" not in "".join(said.body for said in talk.said)


async def test_what_was_said_in_a_closed_room_stays_there(talk: Dialogue) -> None:
    await _answered(talk)
    async with talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(Room(OTHER, "join", members=5, named=True))
    await talk.say(AGAIN, sender=CAI, room=OTHER)
    assert "Has this been answered?" not in newest(talk, OTHER).body
    await talk.rooms_say(ROOM, shared=True)
    await talk.rooms_say(OTHER, shared=True)
    await talk.say(AGAIN, sender=CAI, room=OTHER)
    assert "Has this been answered?" in "".join(said.body for said in talk.in_room(OTHER))


async def test_chosen_in_vain_it_can_be_reopened(talk: Dialogue) -> None:
    await _answered(talk)
    await talk.say(AGAIN, sender=CAI)
    await talk.say("1", sender=CAI, addressed=False)
    await talk.say("reopen #2", sender=CAI)
    assert (await kept(talk, 2)).state == "open"
    assert (await steps(talk, 2))[-2:] == ["resolve", "reopen"]
