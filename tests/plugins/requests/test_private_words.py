"""Words said in private, changed or taken back don't come to light anywhere."""

from bot.store.memory import Memory
from bot.store.rooms import Room
from tests.dialogue import ANA, BEA, CAI, MAINTAINERS, ROOM, SAM, Dialogue
from tests.plugins.requests.conftest import kept, newest

PRIVATE, NEW_ROOM = "!direct:example.org", "!new:example.org"
SECRET = "help with PlanX: I can't log in, my password is hunter2"


async def _direct(talk: Dialogue) -> None:
    async with talk.database.transaction() as connection:
        await Memory(connection).rooms.keep(Room(PRIVATE, "join", direct=True, members=2, inviter=ANA))


def _shown(talk: Dialogue, room: str) -> str:
    return "\n".join(said.body for said in talk.in_room(room) if said.event_id not in talk.redacted)


async def test_words_changed_before_the_yes_are_asked_about_anew(talk: Dialogue) -> None:
    await _direct(talk)
    question = await talk.say(SECRET, room=PRIVATE)
    await talk.edit(question, "help with PlanX: I can't log in", room=PRIVATE)
    assert "hunter2" not in talk.last.body
    await talk.say("yes", room=PRIVATE)
    assert "The question: I can't log in" in talk.card(question).body
    assert "hunter2" not in _shown(talk, MAINTAINERS)


async def test_a_yes_days_later_or_to_the_second_of_two_publishes_nothing_else(talk: Dialogue) -> None:
    await _direct(talk)
    await talk.say("help with PlanX: my matter with the mayor", room=PRIVATE)
    await talk.wait(days=1)
    await talk.say("yes", room=PRIVATE)
    assert talk.in_room(MAINTAINERS) == []
    await talk.say("help with PlanX: my other matter", room=PRIVATE)
    await talk.say("help with BOPS: the login page", room=PRIVATE)
    await talk.say("yes", room=PRIVATE)
    await talk.say("yes", room=PRIVATE)
    assert "matter" not in _shown(talk, MAINTAINERS)
    assert "“the login page”" in "".join(said.body for said in talk.in_room(PRIVATE))


async def test_a_relayed_card_that_a_moderator_removed_comes_again_without_its_words(talk: Dialogue) -> None:
    await _direct(talk)
    question = await talk.say("help with PlanX: Bob Smith is a liar", room=PRIVATE)
    await talk.say("yes", room=PRIVATE)
    await talk.redact(talk.card(question).event_id, sender=SAM, room=MAINTAINERS)
    assert "liar" not in _shown(talk, MAINTAINERS)
    assert "removed the card with your question #1" in talk.in_room(PRIVATE)[-1].body


async def test_after_upgrades_every_card_that_showed_it_goes(talk: Dialogue) -> None:
    await _direct(talk)
    question = await talk.say(SECRET, room=PRIVATE)
    await talk.say("yes", room=PRIVATE)
    await talk.move(MAINTAINERS, NEW_ROOM)
    await talk.redact(question, room=PRIVATE)
    for room in (MAINTAINERS, NEW_ROOM, PRIVATE):
        assert "hunter2" not in _shown(talk, room)


async def test_a_call_for_help_in_private_is_asked_about_first(talk: Dialogue) -> None:
    await _direct(talk)
    said = await talk.say("the map layer in PlanX doesn't load", room=PRIVATE, addressed=False)
    await talk.react(said, "🆘", sender=ANA, room=PRIVATE)
    assert "Nobody else can see this chat." in talk.in_room(PRIVATE)[-1].body
    async with talk.database.reading() as connection:
        assert await Memory(connection).requests.count_unanswered() == 0


async def test_an_unknown_tools_name_goes_with_the_question(talk: Dialogue) -> None:
    question = await talk.say("help with Zorblax: my salary is wrong")
    await talk.redact(question)
    assert "Zorblax" not in talk.card(question).body
    await talk.say("reopen #1")
    assert "was deleted, so there is nothing to reopen" in newest(talk).body


async def test_a_past_answer_taken_back_is_taken_back_from_whom_it_was_shown(talk: Dialogue) -> None:
    first = await talk.say("help with PlanX: the map layer doesn't load in Firefox")
    answer = await talk.say("Use the password swordfish there.", sender=BEA, thread=first, addressed=False)
    await talk.say("resolve #1")
    await talk.say("help with PlanX: in Firefox our map layer does not load", sender=CAI)
    assert "swordfish" in _shown(talk, ROOM)
    await talk.redact(answer, sender=BEA)
    assert "swordfish" not in _shown(talk, ROOM)
    assert (await kept(talk)).answer == ""
