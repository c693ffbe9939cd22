"""Saved answers: a council's own, under a name found however it is typed, given in a thread, gone when taken back."""

from collections.abc import Sequence

import pytest

from bot.store.memory import Memory
from plugins.requests.saved import MOST_SAVED, MOST_TEXT
from tests.dialogue import ANA, BEA, CAI, CAMDEN, LAMBETH, ROOM, SAM, STEWARDS, Dialogue, Said
from tests.plugins.requests.conftest import kept

ASKED = "help with PlanX: how do we reach it from home?"
VPN = "Connect the VPN first, then open the address."
SAVE = f"save answer vpn: {VPN}"
DORA = "@dora:example.org"


async def names(talk: Dialogue, council: str = CAMDEN.id) -> Sequence[str]:
    """The names under which a council has answers."""
    async with talk.database.reading() as connection:
        return [saved.title for saved in await Memory(connection).saved_answers.of(council)]


async def text(talk: Dialogue, name: str = "vpn", council: str = CAMDEN.id) -> str:
    """What it has under one."""
    async with talk.database.reading() as connection:
        saved = await Memory(connection).saved_answers.get(council, name)
    return saved.text if saved else ""


def posted(talk: Dialogue) -> Said:
    """The saved answer that was given last."""
    return [said for said in talk.said if said.op_id.startswith("requests:saved:")][-1]


# --- saving ------------------------------------------------------------------------------------------


async def test_words_are_saved_anywhere_and_given_in_a_thread_as_the_persons_own_answer(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=BEA, room=STEWARDS)
    assert talk.last.body == "Saved for Camden as vpn. To give it in a request's thread: “answer with vpn”"
    question = await talk.say(ASKED)
    said = await talk.say("answer with vpn", sender=BEA, thread=question, addressed=False)
    assert posted(talk).body.splitlines() == [
        f"bea (Camden) answers, from Camden's saved answers: {VPN}",
        "#1 is marked as answered. ana: “resolve” if that settles it, “reopen” if not.",
    ]
    assert "<b><a href=" in posted(talk).html
    assert posted(talk).relation["event_id"] == question
    assert posted(talk).mentions == [ANA]
    assert "Answered by bea (Camden)" in talk.card(question).body
    request = await kept(talk)
    assert (request.answerer, request.answer, request.answer_event) == (BEA, VPN, said)


async def test_a_requests_kept_answer_is_saved_in_its_thread(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say("save this answer as vpn", sender=BEA, thread=question, addressed=False)
    assert "I have kept no answer to #1, so there is nothing to save yet." in talk.last.body
    assert await names(talk) == []
    await talk.say(VPN, sender=CAI, thread=question, addressed=False)
    await talk.say("save this answer as vpn", sender=BEA, thread=question, addressed=False)
    assert "Saved for Camden as vpn." in talk.last.body
    assert await text(talk) == VPN


async def test_what_lacks_words_a_thread_or_a_name_is_explained(talk: Dialogue) -> None:
    await talk.say("save this answer as vpn", sender=BEA)
    assert "What shall I save?" in talk.last.body
    assert "“save answer vpn: the words”" in talk.last.body
    await talk.say("save answer: connect the VPN first", sender=BEA)
    assert "Under which name?" in talk.last.body
    assert await names(talk) == []


async def test_a_name_saved_again_is_replaced_and_that_is_said(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=BEA)
    await talk.say("save answer VPN: Call the service desk.", sender=BEA)
    assert "Saved for Camden as VPN, in place of what was saved under that name before." in talk.last.body
    assert await names(talk) == ["VPN"]
    assert await text(talk) == "Call the service desk."


@pytest.mark.parametrize(
    ("said", "name", "words"),
    [
        ("save answer bin collection dates: See https://example.org/bins: it's there.",
         "bin collection dates", "See https://example.org/bins: it's there."),
        ("save answer form 12: Fill it in.", "form 12", "Fill it in."),
        ("save an answer called a: See b: c.", "a", "See b: c."),
        ("save answer vpn:\n1. Connect.\n2. Open it.", "vpn", "1. Connect.\n2. Open it."),
    ],
)  # fmt: skip
async def test_the_name_ends_at_the_colon(talk: Dialogue, said: str, name: str, words: str) -> None:
    await talk.say(said, sender=BEA)
    assert await names(talk) == [name]
    assert await text(talk, name.replace(" ", "")) == words


async def test_a_number_in_a_name_is_no_requests_number(talk: Dialogue) -> None:
    question = await talk.say(ASKED)
    await talk.say(VPN, sender=CAI, thread=question, addressed=False)
    await talk.say("save this answer as form 12", sender=BEA, thread=question, addressed=False)
    assert await names(talk) == ["form 12"]
    second = await talk.say(ASKED)
    await talk.say("answer with form 12", sender=BEA, thread=second, addressed=False)
    assert VPN in posted(talk).body


async def test_each_council_has_its_own(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=BEA)
    await talk.say("save answer vpn: We have none.", sender=CAI)
    assert "Saved for Lambeth as vpn. To" in talk.last.body
    assert (await text(talk), await text(talk, council=LAMBETH.id)) == (VPN, "We have none.")
    await talk.say("forget the saved answer vpn", sender=CAI)
    assert "The saved answer vpn of Lambeth is gone." in talk.last.body
    assert (await names(talk), await names(talk, LAMBETH.id)) == (["vpn"], [])


async def test_a_council_keeps_so_many_and_a_text_is_so_long(talk: Dialogue) -> None:
    for length, answer in ((MOST_TEXT, "Saved for"), (MOST_TEXT + 1, f"has {MOST_TEXT + 1} characters")):
        await talk.say("save answer vpn: " + ("words " * MOST_TEXT)[: length - 1] + ".", sender=BEA)
        assert answer in talk.last.body
    assert len(await text(talk)) == MOST_TEXT
    async with talk.database.transaction() as connection:
        answers = Memory(connection).saved_answers
        (known,) = await answers.of(CAMDEN.id)
        for number in range(1, MOST_SAVED):
            await answers.keep(type(known)(CAMDEN.id, f"n{number}", f"n{number}", "text", BEA, talk.now))
    await talk.say("save answer printer: Turn it off.", sender=BEA)
    assert f"Camden has {MOST_SAVED} saved answers already." in talk.last.body
    await talk.say(SAVE, sender=BEA)
    assert "in place of what was saved" in talk.last.body


# --- who may -----------------------------------------------------------------------------------------

WORDS = [SAVE, "answer #1 with vpn", "saved answers", "forget the saved answer vpn"]


@pytest.mark.parametrize("words", WORDS)
async def test_somebody_of_no_known_council_is_told_what_to_do(talk: Dialogue, words: str) -> None:
    question = await talk.say(ASKED)
    await talk.say(SAVE, sender=BEA)
    await talk.say(words, sender=DORA)
    assert "Say first which is yours: “I work for Camden”" in talk.last.body
    async with talk.database.transaction() as connection:
        await Memory(connection).people.keep(DORA, CAMDEN.id, False, talk.now)
    await talk.say(words, sender=DORA)
    assert "You told me that you work for Camden, but nothing has confirmed that yet" in talk.last.body
    assert await names(talk) == ["vpn"]
    assert "Open" in talk.card(question).body
    async with talk.database.transaction() as connection:
        await Memory(connection).people.keep(DORA, CAMDEN.id, True, talk.now)
    await talk.say(words, sender=DORA)
    assert "work for" not in talk.last.body


async def test_a_steward_has_no_council_by_that_alone(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=SAM)
    assert "Say first which is yours" in talk.last.body


# --- giving ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["VPN set-up", "vpn setup", "vpnsetup", "Vpn Sétup", "“VPN setup”"])
async def test_a_name_is_found_however_it_is_typed(talk: Dialogue, typed: str) -> None:
    await talk.say(f"save answer VPN setup: {VPN}", sender=BEA)
    await talk.say(ASKED)
    await talk.say(f"answer #1 with {typed}", sender=BEA)
    assert f"from Camden's saved answers: {VPN}" in posted(talk).body


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("vnp setup", "Camden has no saved answer called vnp setup. Did you mean VPN setup?"),
        ("lunch", "Camden has no saved answer called lunch. “saved answers” lists them."),
        ("form 12", "Camden has no saved answer called form 12. “saved answers”"),  # another figure is no slip
    ],
)
async def test_a_slip_is_offered_the_nearest_name_and_nothing_is_said_for_anybody(
    talk: Dialogue, typed: str, answer: str
) -> None:
    await talk.say(f"save answer VPN setup: {VPN}", sender=BEA)
    await talk.say("save answer form 11: Fill it in.", sender=BEA)
    question = await talk.say(ASKED)
    await talk.say(f"answer with {typed}", sender=BEA, thread=question)
    assert answer in talk.last.body
    assert "Open" in talk.card(question).body


async def test_from_elsewhere_it_is_given_in_the_thread_and_that_is_said(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=BEA)
    question = await talk.say(ASKED)
    await talk.say("answer #1 with vpn", sender=BEA, room=STEWARDS)
    assert "Answered in the thread of #1 (https://matrix.to/" in talk.in_room(STEWARDS)[-1].body
    assert posted(talk).room_id == ROOM
    assert VPN in posted(talk).body
    assert posted(talk).relation["event_id"] == question


async def test_without_a_request_or_for_a_settled_one_it_is_explained(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=BEA)
    await talk.say("answer with vpn", sender=BEA)
    assert "Which request do you mean?" in talk.last.body
    await talk.say(ASKED)
    await talk.say("resolve #1", sender=ANA)
    await talk.say("answer #1 with vpn", sender=BEA)
    assert "#1 is resolved already." in talk.last.body


async def test_the_asker_who_gives_it_to_themselves_has_settled_it(talk: Dialogue) -> None:
    await talk.say(SAVE, sender=BEA)
    question = await talk.say(ASKED, sender=BEA)
    await talk.say("answer with vpn", sender=BEA, thread=question, addressed=False)
    assert VPN in posted(talk).body
    assert posted(talk).mentions == []
    assert "Resolved." in talk.card(question).body


async def test_a_long_answer_is_given_whole_and_line_by_line(talk: Dialogue) -> None:
    lines = ["First:", *(f"{number}. " + '"step" & <more> ' * 60 for number in range(1, 5))]
    said = "\n".join(line.strip() for line in lines)[:MOST_TEXT]
    await talk.say(f"save answer long: {said}", sender=BEA)
    await talk.say(ASKED)
    await talk.say("answer #1 with long", sender=BEA)
    posts = [post.body for post in talk.said if post.op_id.startswith("requests:saved:")]
    assert "saved answers: First:\n1. " in posts[0]
    assert said.split() == "\n".join(posts).partition("saved answers: ")[2].partition("\n#1 is marked")[0].split()


# --- the list ----------------------------------------------------------------------------------------


async def test_the_list_has_the_names_with_the_first_words(talk: Dialogue) -> None:
    await talk.say("saved answers", sender=BEA)
    assert "Camden has no saved answers yet. To save one: “save answer vpn: the words”" in talk.last.body
    await talk.say(SAVE, sender=BEA)
    await talk.say("save answer forms: " + "Fill in the form. " * 20, sender=BEA)
    await talk.say("saved answers", sender=BEA)
    lines = talk.last.body.splitlines()
    assert lines[0] == "Saved answers of Camden:"
    assert lines[1].startswith("· forms: Fill in the form. Fill in")
    assert lines[1].endswith("…")
    assert lines[2] == f"· vpn: {VPN}"


async def test_a_long_list_is_cut(talk: Dialogue) -> None:
    for number in range(52):
        await talk.say(f"save answer form {number}: Fill it in.", sender=BEA)
    await talk.say("saved answers", sender=BEA)
    assert len(talk.last.body.splitlines()) == 52
    assert talk.last.body.endswith("… and 2 more.")
