"""Watching: who wants to know is told in a direct chat what others did, in their own language, and how to end it."""

from collections.abc import Sequence

import pytest

from bot.store.memory import Memory
from bot.store.rooms import Room
from plugins.requests.watching import MOST_WATCHED
from tests.dialogue import ANA, BEA, CAI, CLERK, MAINTAINERS, SAM, STEWARDS, Dialogue, Said
from tests.plugins.requests.conftest import steps

ASKED = "help with PlanX: the map layer doesn't load"
DIRECT = "!direct:example.org"
DORA = "@dora:example.org"
TO_END_IT = "To end it: “stop watching #1”"


async def told(talk: Dialogue, person: str = DORA) -> list[str]:
    """The first lines of what this person was told, since the link is in each."""
    lines = [said.body.splitlines()[0] for said in talk.in_room(person)]
    assert all("#1 (https://matrix.to/#/!room:example.org/$event" in line for line in lines)
    return [line.partition(" about PlanX: ")[2] for line in lines]


async def have_direct_chat(talk: Dialogue, person: str) -> None:
    """This person has a direct chat with the bot."""
    async with talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(Room(DIRECT, "join", direct=True, members=2, inviter=person))


async def watchers(talk: Dialogue, number: int = 1) -> Sequence[str]:
    """Who watches it."""
    async with talk.database.reading() as connection:
        return await Memory(connection).watchers.of(number)


@pytest.mark.parametrize(
    ("words", "room", "in_thread"),
    [("watch", "", True), ("watch #1", STEWARDS, False), ("watch #1", DIRECT, False)],
)
async def test_a_watcher_is_told_in_a_direct_chat_what_happens(
    talk: Dialogue, words: str, room: str, in_thread: bool
) -> None:
    question = await talk.say(ASKED)
    if in_thread:
        await talk.say(words, sender=DORA, thread=question, addressed=False)
    else:
        await talk.say(words, sender=DORA, room=room)
    assert talk.last.body.startswith("I will tell you in our direct chat how #1 goes on.")
    assert TO_END_IT in talk.last.body
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    assert await told(talk) == ["bea has taken it."]
    (message,) = talk.in_room(DORA)
    assert message.content["msgtype"] == "m.text"  # notices ring nobody's bell


async def test_a_reaction_does_it_without_a_word_and_taken_back_ends_it(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    eyes = await talk.react(question, "👀", sender=DORA)
    assert talk.said == [talk.card(question)]
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.redact(eyes, sender=DORA)
    await talk.say("pass", sender=BEA, thread=question, addressed=False)
    assert await told(talk) == ["bea has taken it."]


async def test_the_first_message_says_how_to_end_it_and_the_others_dont(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.react(question, "👀", sender=DORA)
    for words in ("take", "pass", "take"):
        await talk.wait(minutes=1)
        await talk.say(words, sender=BEA, thread=question, addressed=False)
    assert [TO_END_IT in said.body for said in talk.in_room(DORA)] == [True, False, False]


async def test_it_ends_with_a_word_by_number_or_in_reply_to_what_was_told(talk: Dialogue) -> None:
    await have_direct_chat(talk, DORA)
    question = await talk.say(ASKED)
    for ending in ("stop watching #1", "stop watching"):
        await talk.say("watch #1", sender=DORA, room=DIRECT)
        await talk.say("take" if ending.endswith("1") else "pass", sender=BEA, thread=question, addressed=False)
        reply_to = None if ending.endswith("1") else talk.in_room(DIRECT)[-1].event_id
        await talk.say(ending, sender=DORA, room=DIRECT, reply_to=reply_to)
        assert "I won't tell you any more how #1 goes on." in talk.last.body
    await talk.say("stop watching #1", sender=DORA, room=DIRECT)
    assert "You weren't watching #1." in talk.last.body


@pytest.mark.parametrize(("words", "answer"), [("watch #99", "no request #99"), ("watch", "Which request do you mean")])
async def test_what_isnt_there_cant_be_watched(talk: Dialogue, words: str, answer: str) -> None:
    await talk.say(words, sender=DORA)
    assert answer in talk.last.body


async def test_nobody_watches_more_than_they_could_read(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    for number in range(2, MOST_WATCHED + 2):
        await talk.say(f"help with PlanX: it is down again, case {number}")
        async with talk.database.transaction() as connection:
            await Memory(connection).watchers.add(number, DORA, talk.now)
    await talk.say("watch #1", sender=DORA)
    assert f"You are watching {MOST_WATCHED} unsettled requests already." in talk.last.body
    await talk.react(question, "👀", sender=DORA)
    assert "unsettled requests already" in talk.in_room(DORA)[-1].body
    assert await watchers(talk) == []
    await talk.say("watch #2", sender=DORA)  # is watched already, and stays so
    assert "how #2 goes on" in talk.last.body
    await talk.say("resolve #2", sender=ANA)
    await talk.say("watch #1", sender=DORA)
    assert "how #1 goes on" in talk.last.body


# --- what is told ------------------------------------------------------------------------------------


async def test_everything_that_changes_it_is_told_in_one_short_line(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.react(question, "👀", sender=DORA)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.say("pass", sender=BEA, thread=question, addressed=False)
    answer = await talk.say("Clear the tile cache.", sender=CAI, thread=question, addressed=False)
    await talk.react(answer, "✅", sender=ANA)
    await talk.say("reopen", sender=ANA, thread=question, addressed=False)
    resolved = await talk.react(question, "✅", sender=ANA)
    await talk.redact(resolved, sender=ANA)
    await talk.say("withdraw", sender=ANA, thread=question, addressed=False)
    assert await told(talk) == [
        "bea has taken it.",
        "bea has passed it on, so it waits for somebody else.",
        "cai has answered.",
        "ana has chosen the answer that settles it. It is resolved.",
        "ana has opened it again.",
        "ana has resolved it.",
        "ana has taken back that it is resolved.",
        "ana has withdrawn it.",
    ]


async def test_a_claim_handed_over_is_told_but_not_to_those_who_did_it(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    for person in (BEA, CAI, DORA):
        await talk.react(question, "👀", sender=person)
    await talk.say("hand over to @cai:example.org", sender=BEA, thread=question, addressed=False, mentions=[CAI])
    await talk.say("yes", sender=CAI, reply_to=talk.last.event_id, thread=question, addressed=False)
    assert await told(talk) == ["bea has handed it over to cai."]
    assert talk.in_room(BEA) + talk.in_room(CAI) == []


async def test_what_the_clock_does_is_told_too(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.react(question, "👀", sender=DORA)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.wait(days=60)
    assert await told(talk) == [
        "bea has taken it.",
        "nobody has it in hand any more, so anybody can take it.",
        "it came to rest, as nobody said a word for long.",
    ]
    await talk.say("reopen #1", sender=ANA)
    await talk.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    await talk.wait(days=30)
    assert (await told(talk))[3:] == [
        "ana has opened it again.",
        "bea has answered.",
        "resolved, as nobody said otherwise after the answer.",
    ]


async def test_a_question_back_an_edit_or_what_they_did_themselves_isnt_told(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    for person in (BEA, DORA):
        await talk.react(question, "👀", sender=person)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    await talk.say("Which browser is it?", sender=BEA, thread=question, addressed=False)
    await talk.say("Firefox.", sender=ANA, thread=question, addressed=False)
    await talk.edit(question, "help with PlanX: the map layer doesn't load in Firefox")
    assert await told(talk) == ["bea has taken it."]
    assert talk.in_room(BEA) == []


async def test_a_room_we_left_is_told_to_watchers_and_to_the_asker_once(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    for person in (ANA, DORA):
        await talk.react(question, "👀", sender=person)
    await talk.depart(CLERK)
    assert await told(talk) == ["it came to rest, as I am no longer in its room."]
    assert len(talk.in_room(ANA)) == 1


async def test_watchers_of_a_duplicate_are_told_how_the_original_goes_on(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    second = await talk.say("help with PlanX: PlanX is down", sender=CAI)
    await talk.react(second, "👀", sender=DORA)
    await talk.say("duplicate of #1", sender=SAM, thread=second, addressed=False)
    assert "#2 (https" in talk.in_room(DORA)[-1].body
    assert "sam has closed it as a duplicate of #1 (https" in talk.in_room(DORA)[-1].body
    assert set(await watchers(talk)) == {CAI, DORA}
    await talk.wait(minutes=1)
    await talk.say("take #1", sender=BEA)
    for person in (CAI, DORA):
        assert "#1 (https" in talk.in_room(person)[-1].body
        assert "bea has taken it." in talk.in_room(person)[-1].body
        assert TO_END_IT in talk.in_room(person)[-1].body


async def test_a_watcher_who_left_our_direct_chat_is_told_no_more(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.react(question, "👀", sender=DORA)
    talk.chat.refuses.add(DORA)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    talk.chat.refuses.clear()
    await talk.say("pass", sender=BEA, thread=question, addressed=False)
    assert talk.in_room(DORA) == []
    assert await watchers(talk) == []


async def test_a_watcher_is_told_in_their_own_language(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    async with talk.database.transaction() as connection:
        await Memory(connection).contacts.keep_language(DORA, "de")
    for person in (CAI, DORA):
        await talk.react(question, "👀", sender=person)
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    assert "bea has taken it." in talk.in_room(CAI)[-1].body
    assert "has taken it" not in talk.in_room(DORA)[-1].body


# --- who asked in private ----------------------------------------------------------------------------


async def asked_in_private(talk: Dialogue) -> tuple[str, Said]:
    """The question in Ana's direct chat, and its card in the room to which it was passed on."""
    await have_direct_chat(talk, ANA)
    question = await talk.say(ASKED, room=DIRECT)
    await talk.say("yes", room=DIRECT)
    return question, talk.card(question)


async def test_who_asked_in_private_is_told_there_without_watching(talk: Dialogue) -> None:
    question, card = await asked_in_private(talk)
    assert card.room_id == MAINTAINERS
    await talk.say("watch #1", room=DIRECT)  # makes no second message of one
    before = len(talk.in_room(DIRECT))
    await talk.say("take", sender=BEA, room=MAINTAINERS, thread=card.event_id, addressed=False)
    await talk.say("Which browser is it?", sender=BEA, room=MAINTAINERS, thread=card.event_id, addressed=False)
    heard = talk.in_room(DIRECT)[before:]
    link = f"#1 (https://matrix.to/#/{MAINTAINERS}/{card.event_id}?via=example.org) about PlanX:"
    assert [said.body for said in heard] == [f"{link} bea has taken it.", f"{link} bea has asked you something back."]
    assert all(said.relation["m.in_reply_to"]["event_id"] == question for said in heard)


async def test_who_asked_in_private_settles_it_there_and_isnt_told_that(talk: Dialogue) -> None:
    _, card = await asked_in_private(talk)
    await talk.say("Clear the cache.", sender=BEA, room=MAINTAINERS, thread=card.event_id, addressed=False)
    assert "bea has answered." in talk.in_room(DIRECT)[-1].body
    await talk.say("resolve", room=DIRECT, reply_to=talk.in_room(DIRECT)[-1].event_id)
    assert (await steps(talk))[-1] == "resolve"
    assert "ana has resolved it." not in "".join(said.body for said in talk.in_room(DIRECT))
