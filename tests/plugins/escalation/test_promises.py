"""What was promised is kept, or the card says that it moved, and why."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.promise import NO_WORD, PromiseNote
from bot.domain.request import Request
from bot.store.memory import Memory
from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, PLANX, SAM, Dialogue, dialogue, maintains
from tests.plugins.escalation.steps import PLUGINS, behind, calls, goes_away, happens, request_of, with_ladder

BOTH = [maintains(CAMDEN, PLANX), maintains(LAMBETH, PLANX)]
MAY = 2026, 5


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Dialogue]:
    """Camden (Bea) and Lambeth (Cai) maintain PlanX; both work Monday to Friday, nine to five."""
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH) as made:
        yield made


async def test_whom_it_is_promised_of_and_when_is_kept_with_the_request(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    request = await request_of(talk, 1)
    assert request.promised_to == CAMDEN.id
    assert request.promised_at == talk.now + timedelta(hours=4)
    assert request.rung_since == talk.now


async def test_changed_hours_move_the_promise_and_the_card_says_what_was_promised_first(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    async with behind(talk) as memory:
        await memory.availability.keep_hours(CAMDEN.id, "Mon-Fri 09:00-12:00", BEA, talk.now)
    await happens(talk, "hours changed")
    card = talk.card(question).body
    assert "London Borough of Camden will be asked on Tuesday 12 May, 11:00" in card
    assert "First promised for Monday 11 May, 14:00; moved because Camden changed its hours." in card
    await talk.wait(hours=6)
    assert calls(talk) == []


async def test_a_promise_that_is_as_it_was_again_has_not_moved(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    for hours in ("Mon-Fri 09:00-12:00", ""):
        async with behind(talk) as memory:
            await memory.availability.keep_hours(CAMDEN.id, hours, BEA, talk.now)
        await happens(talk, "hours changed")
    assert "First promised" not in talk.card(question).body


async def test_a_promise_moves_twice_and_the_first_is_remembered(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[maintains(CAMDEN, PLANX)]) as talk:
        question = await talk.say("help with PlanX: it is down")
        async with behind(talk) as memory:
            await memory.availability.keep_hours(CAMDEN.id, "Mon-Fri 09:00-12:00", BEA, talk.now)
        await happens(talk, "hours changed")
        async with behind(talk) as memory:
            await memory.availability.add_closed(CAMDEN.id, date(*MAY, 12), date(*MAY, 12), BEA, "$said")
        await happens(talk, "closed days changed")
        card = talk.card(question).body
    assert "Wednesday 13 May, 11:00" in card
    assert "First promised for Monday 11 May, 14:00; moved because Camden is closed on other days" in card


async def test_who_is_closed_for_the_week_doesnt_keep_the_asker_waiting(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    async with behind(talk) as memory:
        await memory.availability.add_closed(CAMDEN.id, date(*MAY, 11), date(*MAY, 15), BEA, "$said")
    await happens(talk, "closed days changed")
    card = talk.card(question).body
    assert "Camden is away and back on 18 May 2026" in card
    assert "London Borough of Lambeth will be asked on Monday 11 May, 14:00" in card


async def test_who_goes_away_is_passed_over_and_the_card_says_until_when(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await goes_away(talk, [BEA], date(*MAY, 11), date(*MAY, 15))
    await happens(talk, "away changed")
    card = talk.card(question).body
    assert "Camden is away and back on 18 May 2026" in card
    assert "London Borough of Lambeth will be asked on Monday 11 May, 14:00" in card
    await talk.wait(hours=5)
    assert [said.mentions for said in calls(talk)] == [[CAI]]


async def test_who_has_its_hands_full_is_passed_over(talk: Dialogue) -> None:
    async with behind(talk) as memory:
        await memory.availability.keep_at_most(CAMDEN.id, 0, BEA, talk.now)
    question = await talk.say("help with PlanX: it is down")
    card = talk.card(question).body
    assert "Camden has as many questions in hand as it wants" in card
    assert "London Borough of Lambeth will be asked" in card


async def test_who_does_not_want_to_be_asked_about_it_is_not(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    async with behind(talk) as memory:
        await memory.availability.dont_ask(CAMDEN.id, PLANX.id, BEA, talk.now)
    await happens(talk, "asking changed")
    card = talk.card(question).body
    assert "Camden isn't asked about PlanX at present, by its own wish." in card
    assert "London Borough of Lambeth will be asked on Monday 11 May, 14:00" in card


async def test_while_it_waits_for_the_asker_the_clock_stands_still_and_then_goes_on(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.wait(hours=1)
    await talk.say("wait", sender=SAM, thread=question, addressed=False)
    await stops(talk)
    await talk.wait(hours=2)
    await starts(talk)
    await talk.say("It is version 3.", sender=ANA, thread=question, addressed=False)
    assert "Camden will be asked on Monday 11 May, 16:00" in talk.card(question).body
    assert "First promised for Monday 11 May, 14:00; moved because the clock stood still" in talk.card(question).body


async def stops(talk: Dialogue) -> None:
    """As the life of a request has it; nothing if that was done."""
    async with behind(talk) as memory:
        await memory.promises.stop_clock(1, talk.now)


async def starts(talk: Dialogue) -> None:
    async with behind(talk) as memory:
        await memory.promises.start_clock(1, talk.now)


@pytest.mark.parametrize("what", sorted(NO_WORD))
async def test_what_is_nobodys_word_hurries_nothing_and_lets_no_patience_begin_anew(talk: Dialogue, what: str) -> None:
    await talk.say("help with PlanX: it is down")
    before = await _patience(talk), (await request_of(talk, 1)).promised_at
    await talk.wait(hours=2)
    await happens(talk, what)
    assert (await _patience(talk), (await request_of(talk, 1)).promised_at) == before


async def _patience(talk: Dialogue) -> object:
    async with behind(talk) as memory:
        return await memory.timers.due_at("patience:1")


async def test_what_was_given_back_stays_due_at_once_when_hours_change(talk: Dialogue) -> None:
    talk.now = talk.now.replace(hour=15)
    question = await talk.say("help with PlanX: it is down")
    await talk.say("take", sender=BEA, thread=question, addressed=False)
    talk.now = talk.now.replace(hour=17)
    await talk.say("pass", sender=BEA, thread=question, addressed=False)
    assert "Lambeth will be asked on Tuesday 12 May, 09:00" in talk.card(question).body
    await happens(talk, "calendar changed")
    assert "Lambeth will be asked on Tuesday 12 May, 09:00" in talk.card(question).body


async def test_whoever_was_promised_keeps_their_turn(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    async with behind(talk) as memory:
        other = await request_of_another(memory)
        await memory.requests.add_call(other, CAMDEN.id, BEA, talk.now, 0)
    await talk.wait(hours=5)
    assert [said.mentions for said in calls(talk)] == [[BEA]]


async def request_of_another(memory: Memory) -> Request:
    """Another question of the same kind, of which nothing is promised."""
    number = await memory.requests.next_number()
    first = await memory.requests.get(1)
    assert first
    await memory.requests.add(replace(first, number=number, question_event="$other"))
    return replace(first, number=number)


async def test_what_is_asked_on_one_morning_is_promised_of_all_in_turn(talk: Dialogue) -> None:
    for _ in range(4):
        await talk.say("help with PlanX: it is down")
    promised = [(await request_of(talk, number)).promised_to for number in (1, 2, 3, 4)]
    assert promised == [CAMDEN.id, LAMBETH.id, CAMDEN.id, LAMBETH.id]


async def test_a_clock_that_jumps_back_an_hour_calls_an_hour_later_and_once(talk: Dialogue) -> None:
    await talk.say("help with PlanX: it is down")
    talk.now -= timedelta(hours=1)
    await happens(talk, "calendar changed")
    promised = (await request_of(talk, 1)).promised_at
    assert promised
    assert promised - talk.now == timedelta(hours=4)
    await talk.wait(hours=5)
    assert len(calls(talk)) == 1


async def test_a_clock_that_jumps_a_year_on_calls_once_and_late_and_goes_on_from_there(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    await talk.sleep(days=364)
    assert [said.mentions for said in calls(talk)] == [[BEA]]
    assert "(Late: this call was due on Monday 11 May, 14:00" in calls(talk)[0].body
    assert "Lambeth will be asked on Monday 10 May, 14:00" in talk.card(question).body


async def test_a_clock_that_was_a_year_ahead_promises_nothing_for_next_year(talk: Dialogue) -> None:
    talk.now += timedelta(days=364)
    question = await talk.say("help with PlanX: it is down")
    talk.now -= timedelta(days=364)
    await happens(talk, "calendar changed")
    assert "Camden will be asked on Monday 11 May, 14:00" in talk.card(question).body


async def test_what_fell_due_at_night_is_called_in_the_morning_and_marked_late(talk: Dialogue) -> None:
    question = await talk.say("help with PlanX: it is down")
    talk.now = talk.now.replace(hour=20)
    await talk.settle()
    card = talk.card(question).body
    assert "Camden will be asked on Tuesday 12 May, 09:00" in card
    assert "First promised for Monday 11 May, 14:00; moved because I was not there at the time." in card
    await talk.wait(hours=14)
    assert "(Late: this call was due on Monday 11 May, 14:00" in calls(talk)[0].body


async def test_hours_that_fit_no_call_before_closing_are_waited_for(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "hours": "Mon 09:00-10:00"}]
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=councils) as talk:
        question = await talk.say("help with PlanX: it is down")
        assert "on Monday 22 June, 09:00 (closed before: Spring Bank Holiday)" in talk.card(question).body


async def test_own_closed_days_that_put_it_off_are_said_without_naming_each(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "hours": "Mon 09:00-11:00"}]
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=councils) as talk:
        async with behind(talk) as memory:
            for day in (18, 19):
                await memory.availability.add_closed(CAMDEN.id, date(*MAY, day), date(*MAY, day), BEA, "$said")
        question = await talk.say("help with PlanX: it is down")
        card = talk.card(question).body
        assert "on Monday 8 June, 10:00 (closed before: its own closed days and Spring Bank Holiday)." in card


async def test_days_away_are_not_said_to_be_closed(tmp_path: Path) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1]) as talk:
        await goes_away(talk, [BEA], date(*MAY, 11), date(*MAY, 12))
        question = await talk.say("help with PlanX: it is down")
        card = talk.card(question).body
        assert "Camden will be asked on Wednesday 13 May, 09:00" in card
        assert "closed before" not in card


async def test_a_council_without_hours_has_the_communitys(tmp_path: Path) -> None:
    councils = [{"id": CAMDEN.id, "people": [BEA], "hours": ""}]
    async with dialogue(tmp_path, PLUGINS, assertions=BOTH[:1], councils=councils) as talk:
        question = await talk.say("help with PlanX: it is down")
        assert "Camden will be asked on Monday 11 May, 14:00" in talk.card(question).body


async def test_a_note_comes_back_as_it_was_kept(talk: Dialogue) -> None:
    note = PromiseNote(ask="maintainer", at=talk.now, moved_by="a", back=(("a", date(2026, 5, 18)),), at_once=True)
    assert PromiseNote.from_json(note.to_json()) == note


async def test_a_category_has_a_ladder_of_its_own(tmp_path: Path) -> None:
    plugins = with_ladder(("stewards", "8h"), categories={"Planning": [{"ask": "maintainer", "after": "1h"}]})
    async with dialogue(tmp_path, plugins, assertions=BOTH) as talk:
        question = await talk.say("help with PlanX: it is down")
        assert "Camden will be asked on Monday 11 May, 11:00" in talk.card(question).body
        other = await talk.say("help with Decidim: it is down")
        assert "the stewards will be asked on Tuesday 12 May, 10:00" in talk.card(other).body
