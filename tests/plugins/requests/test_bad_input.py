"""What people and clients do by mistake, in haste or on purpose."""

import pytest

from bot.store.inbox import Arrival
from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, MAINTAINERS, ROOM, Dialogue
from tests.plugins.requests.conftest import kept, newest, steps

ASKED = "help with PlanX: the map layer doesn't load"


async def test_of_two_claimers_in_one_sync_the_first_has_it_and_the_second_is_told(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    take = {"kind": "heard", "text": "take", "addressed": False, "thread": question, "reply_to": None}
    hand = {"kind": "reacted", "target": question, "key": "🙋"}
    async with talk.database.transaction() as connection:
        inbox = Memory(connection).inbox
        arrivals = [Arrival("$one", ROOM, BEA, "new", 0, take), Arrival("$two", ROOM, CAI, "new", 1, hand)]
        await inbox.add(await inbox.new_batch(), arrivals, talk.now)
    await talk.settle()
    assert "Taken by bea" in talk.card(question).body
    assert "#1 is with bea already" in newest(talk).body


async def test_claim_release_claim_within_a_second_is_three_steps_and_one_card(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    for word in ("take", "pass", "take"):
        await talk.say(word, sender=BEA, thread=question, addressed=False)
    assert "Taken by bea" in talk.card(question).body
    assert (await steps(talk))[-3:] == ["take", "pass", "take"]


async def test_a_reaction_removed_and_put_back_does_it_again(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    for _ in range(3):
        sign = await talk.react(question, "🙋")
        await talk.redact(sign, sender=BEA)
    await talk.react(question, "🙋")
    assert "Taken by bea" in talk.card(question).body


async def test_a_reaction_of_somebody_elses_taken_back_takes_nothing_from_the_claimer(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.react(question, "🙋", sender=BEA)
    late = await talk.react(question, "🙋", sender=CAI)
    await talk.redact(late, sender=CAI)
    assert "Taken by bea" in talk.card(question).body


async def test_a_strangers_resolve_is_refused_with_who_can_and_their_tick_passed_over(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("resolve", sender=CAI, thread=question, addressed=False)
    assert "can be settled or reopened by ana, who asked, by whoever took or answered it, or by a steward" in (
        newest(talk).body
    )
    await talk.react(question, "✅", sender=CAI)
    answer = await talk.say("Clear the tile cache.", sender=BEA, thread=question, addressed=False)
    await talk.react(answer, "✅", sender=CAI)
    assert "Answered" in talk.card(question).body


async def test_a_reply_to_a_card_from_another_room_is_about_nothing(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("take", sender=BEA, room=MAINTAINERS, reply_to=talk.card(question).event_id)
    assert "Which request do you mean?" in newest(talk).body
    assert "Open" in talk.card(question).body


@pytest.mark.parametrize(
    "text",
    [
        "> resolve",
        "> take\nthat is what I would type",
        "```\ntake\n```",
        "`take`",
        "you can say `resolve` when you are done, that closes it",
        "```\nresolve #1",
    ],
)
async def test_a_command_inside_a_quote_or_code_is_none(talk: Dialogue, text: str) -> None:
    question = await talk.say(ASKED)
    await talk.say(text, sender=ANA, thread=question, addressed=False)
    assert "Open" in talk.card(question).body
    assert await steps(talk) == ["opened", "nobody is called"]


async def test_a_quote_alone_is_no_answer(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("> the map layer doesn't load", sender=BEA, thread=question, addressed=False)
    assert "Open" in talk.card(question).body


async def test_a_command_copied_with_its_marks_is_one_if_said_to_the_bot(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("`take #1`", sender=BEA)
    assert "Taken by bea" in talk.card(question).body


@pytest.mark.parametrize("name", ["@room", "<b>PlanX</b>", "\u202eXnalP", "🦄🦄", "x" * 10_000])
async def test_a_hostile_name_is_shown_as_text_and_pings_nobody(talk: Dialogue, name: str) -> None:
    question = await talk.say(f"help with {name}: it is down")
    card = talk.card(question)
    assert card.mentions == []
    assert "<b>PlanX</b>" not in card.html
    assert "\u202e" not in card.body
    assert len(card.body) < 1500


async def test_a_limit_on_open_claims_says_which_ones(talk: Dialogue) -> None:
    for number in range(1, 7):
        await talk.say(f"help with PlanX: number {number}")
        await talk.say(f"take #{number}", sender=BEA)
    assert "You have #1, #2, #3, #4 and #5 in your hands already." in newest(talk).body
    assert (await kept(talk, 6)).claimer == ""
    await talk.say("pass #1", sender=BEA)
    await talk.say("take #6", sender=BEA)
    assert (await kept(talk, 6)).claimer == BEA
