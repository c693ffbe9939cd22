"""What is kept of a conversation: questions that wait, names a room settled, consent, and facts."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.directory import Entry, Relation, Tool
from bot.domain.facts import Fact, Topic, newest
from bot.store.memory import Memory
from bot.store.outbox import Post
from bot.store.questions import AT_ONCE, Question
from tests.store.samples import NOW, first, tried

DAY = timedelta(days=1)
ASKED = Question(
    key="directory:which:1",
    plugin="directory",
    kind="which",
    subject='{"text": "who uses WCC"}',
    room_id="!room:example.org",
    person="@ana:example.org",
    options=[("planx", "PlanX"), ("bops", "BOPS")],
    language="cy",
    asked_at=NOW,
    expires_at=NOW + DAY,
    origin="$said",
    asker="@ana:example.org",
)
TOLD = Post("p:1", "@bea:x", "message", {"body": "secret"}, subject=f"question:{ASKED.key}")
ENTRY = Entry("local-authority:CMD", "planx", Relation.USES, date(2024, 1, 1))
HOSTED = Fact("planx", Topic.HOSTING, "By the council", "The manual", date(2026, 1, 1), "https://example.org")


async def test_a_question_comes_back_as_it_was_asked(memory: Memory) -> None:
    await memory.questions.ask(ASKED)
    assert await memory.questions.get(ASKED.id, NOW) == ASKED
    assert await memory.questions.waiting(ASKED.room_id, ASKED.person, NOW) == [ASKED]


async def test_a_question_waits_for_whom_it_was_put_to_and_no_longer_than_it_lasts(memory: Memory) -> None:
    await memory.questions.ask(ASKED)
    assert await memory.questions.waiting(ASKED.room_id, "@bea:example.org", NOW) == []
    assert await memory.questions.waiting("!other:example.org", ASKED.person, NOW) == []
    assert await memory.questions.get(ASKED.id, NOW + DAY) is None
    await memory.questions.settle(ASKED.key)
    assert await memory.questions.get(ASKED.id, NOW) is None


async def test_of_several_questions_the_newest_waits_first(memory: Memory) -> None:
    await memory.questions.ask(ASKED)
    newer = replace(ASKED, key="directory:which:2", person="", asked_at=NOW + timedelta(minutes=1))
    await memory.questions.ask(newer)
    assert await memory.questions.waiting(ASKED.room_id, ASKED.person, NOW) == [newer, ASKED]


async def test_a_question_put_to_a_person_waits_wherever_they_are(memory: Memory) -> None:
    direct = replace(ASKED, room_id=ASKED.person)
    await memory.questions.ask(direct)
    assert await memory.questions.waiting("!direct:example.org", ASKED.person, NOW) == [direct]


async def test_a_bare_word_is_held_against_the_newest_questions_only(memory: Memory) -> None:
    for number in range(AT_ONCE + 5):
        asked = replace(ASKED, key=f"q{number:02}", person="", asked_at=NOW + timedelta(seconds=number))
        await memory.questions.ask(asked)
    waiting = await memory.questions.waiting(ASKED.room_id, ASKED.person, NOW)
    assert [q.key for q in waiting] == [f"q{number:02}" for number in range(AT_ONCE + 4, 4, -1)]


async def test_a_question_that_may_be_answered_again_waits_for_replies_alone_after_its_answer(memory: Memory) -> None:
    asked = replace(ASKED, again=True)
    await memory.questions.ask(asked)
    await memory.questions.settle(asked.key)
    assert await memory.questions.waiting(asked.room_id, asked.person, NOW) == []
    assert await memory.questions.get(asked.id, NOW) == asked
    await memory.questions.ask(asked)
    assert await memory.questions.waiting(asked.room_id, asked.person, NOW) == [asked]


async def test_a_message_taken_back_ends_what_was_asked_because_of_it(memory: Memory) -> None:
    other = replace(ASKED, key="other", origin="$other")
    kind = replace(ASKED, key="kind", kind="belongs")
    for question in (ASKED, other, kind):
        await memory.questions.ask(question)
    await memory.questions.withdraw("$said", ("which",), NOW)
    found = [await memory.questions.get(question.id, NOW) for question in (ASKED, other, kind)]
    assert found == [None, other, kind]
    await memory.questions.comes_of("$other", "$said")
    await memory.questions.withdraw("$said", ("which",), NOW)
    assert await memory.questions.get(other.id, NOW) is None


async def test_questions_taken_back_still_count_for_a_day(memory: Memory) -> None:
    for number in range(3):
        origin = f"$said{number // 2}"
        await memory.questions.ask(replace(ASKED, key=f"q{number}", person="@bea:x", origin=origin))
        await memory.questions.withdraw(origin, ("which",), NOW)
    await memory.questions.drop_expired(NOW)
    assert await memory.questions.count_by(ASKED.asker, "which", NOW - DAY) == 2
    assert await memory.questions.count_to("@bea:x", "which", NOW - DAY) == 3
    assert await memory.questions.count_to("@bea:x", "which", NOW) == 0
    await memory.questions.drop_expired(NOW + DAY)
    assert await memory.questions.count_by(ASKED.asker, "which", NOW - DAY) == 0


async def test_a_no_to_being_asked_ends_what_others_asked_and_what_hasnt_left_stays_unsaid(memory: Memory) -> None:
    theirs = replace(ASKED, person="@bea:x")
    own = replace(theirs, key="own", asker="@bea:x")
    for question in (theirs, own):
        await memory.questions.ask(question)
    await memory.outbox.add(TOLD, NOW)
    await memory.contacts.keep_consent("@bea:x", "no")
    assert [await memory.questions.get(question.id, NOW) for question in (theirs, own)] == [None, own]
    assert await first(memory, "@bea:x") is None
    assert not await memory.outbox.add(replace(TOLD, content={"body": "again"}, card=True), NOW)


async def test_what_the_homeserver_may_have_already_isnt_dropped(memory: Memory) -> None:
    await memory.outbox.add(TOLD, NOW)
    await tried(memory, TOLD.op_id, NOW)
    await memory.outbox.drop_unsent([TOLD.subject])
    assert await memory.outbox.state(TOLD.op_id) == "waiting"


async def test_expired_questions_are_dropped(memory: Memory) -> None:
    await memory.questions.ask(ASKED)
    await memory.questions.drop_expired(NOW + DAY)
    assert await memory.questions.get(ASKED.id, NOW) is None


async def test_a_room_remembers_the_last_choice(memory: Memory) -> None:
    for chosen in ("local-authority:WAR", "local-authority:WIN"):
        await memory.questions.choose("!room:example.org", "organisation", "wcc", chosen)
    assert await memory.questions.chosen("!room:example.org", "organisation", "wcc") == "local-authority:WIN"
    assert await memory.questions.chosen("!other:example.org", "organisation", "wcc") is None


async def test_consent_language_and_the_last_question_are_kept_side_by_side(memory: Memory) -> None:
    person = "@ana:example.org"
    await memory.contacts.keep_language(person, "cy")
    await memory.contacts.keep_consent(person, "yes")
    await memory.contacts.asked(person, NOW)
    known = await memory.contacts.get(person)
    assert (known.consent, known.language, known.last_asked_at) == ("yes", "cy", NOW)
    assert await memory.contacts.consenting() == [person]


async def test_a_forgotten_person_who_said_no_stays_unasked(memory: Memory) -> None:
    for person, consent in (("@ana:x", "yes"), ("@bea:x", "no")):
        await memory.contacts.keep_consent(person, consent)
        await memory.contacts.forget(person)
    assert (await memory.contacts.get("@ana:x")).consent == ""
    assert (await memory.contacts.get("@bea:x")).consent == "no"


async def test_an_entry_rests_once_somebody_was_asked_and_wakes_when_they_put_it_off(memory: Memory) -> None:
    await memory.contacts.reminded(ENTRY, "@ana:x", NOW)
    assert await memory.contacts.resting(NOW) == {ENTRY}
    await memory.contacts.ask_again(ENTRY, NOW + DAY)
    assert await memory.contacts.resting(NOW) == {ENTRY}
    assert await memory.contacts.resting(NOW + DAY) == set()


async def test_facts_come_back_as_they_were_and_the_newest_of_a_topic_counts(memory: Memory) -> None:
    await memory.register.add_tools([Tool("planx", "PlanX")], NOW)
    later = replace(HOSTED, text="By a company", stated_on=date(2026, 2, 1), claim="Who hosts it", answer_event="$e")
    await memory.facts.add([later, HOSTED, HOSTED], NOW)
    assert await memory.facts.of_tool("planx") == await memory.facts.all() == [HOSTED, later]
    assert newest(await memory.facts.of_tool("planx")) == [later]
    await memory.facts.take_back("$e")
    await memory.facts.take_back("")
    assert await memory.facts.of_tool("planx") == [HOSTED]
