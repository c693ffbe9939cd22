"""Sentences as people say them, and what they mean."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.meaning import NOTHING, Match
from tests.unit.language.community import engine, names, speaking

CHOSEN = {"status", "all", "topic"}  # slots with a fixed choice hold the choice, not what was typed
OVERHEARD = 0.95


@pytest.mark.parametrize(
    ("text", "intent", "tool"),
    [
        ("who uses planx", "who_uses", "planx"),
        ("Hi, could you please tell me who's using planx, thanks!", "who_uses", "planx"),
        ("WHO USES PLANX??", "who_uses", "planx"),
        ('who uses "PlanX"?', "who_uses", "planx"),
        ("whcih councils use plan x", "who_uses", "planx"),
        ("who usse PlnaX", "who_uses", "planx"),
        ("We're looking at planning systems. Who else uses PlanX?", "who_uses", "planx"),
        ("anyone got experience with fixmystreet?", "who_uses", "fixmystreet"),
        ("How many councils are running FixMyStreet these days?", "who_uses", "fixmystreet"),
        ("PlanX - who's got it?", "who_uses", "planx"),
        ("do you know if Leeds is using BOPS?", "who_uses", "bops"),
        ("who maintains PlanX", "who_maintains", "planx"),
        ("who can help me with PlanX?", "who_maintains", "planx"),
        ("Who do I talk to about BOPS?", "who_maintains", "bops"),
        ("does PlanX have a maintainer", "who_maintains", "planx"),
        ("What's PlanX?", "about_tool", "planx"),
        ("can you tell me a bit more about bops please", "about_tool", "bops"),
        ("PlanX", "about_tool", "planx"),
        ("what licence is planx under", "about_tool", "planx"),
        ("we use PlanX", "we_use", "planx"),
        ("our council uses gov.uk notify", "we_use", "govuk-notify"),
        ("FYI Leeds have rolled out PlanX", "we_use", "planx"),
        ("we stopped using PlanX", "we_stopped", "planx"),
        ("we don't use PlanX any more", "we_stopped", "planx"),
        ("Camden has stopped using PlanX", "we_stopped", "planx"),
        ("we can answer questions about PlanX", "volunteer", "planx"),
        ("we'd volunteer for PlanX", "volunteer", "planx"),
        ("can anyone help us with PlanX", "help", "planx"),
        ("PlanX won't load our map layers, any ideas?", "help", "planx"),
        ("how do I add a form in LocalGov Drupal?", "help", "localgov-drupal"),
        ("Hi all. We upgraded. Now PlanX shows a blank page. Any ideas?", "help", "planx"),
        ("Can anybody help? BOPS logs us out every five minutes", "help", "bops"),
    ],
)
def test_a_sentence_about_a_tool(text: str, intent: str, tool: str) -> None:
    meaning = engine().understand(text, names())
    assert meaning.tool is not None
    assert (meaning.intent, meaning.tool.id) == (intent, tool)


@pytest.mark.parametrize(
    ("text", "intent", "code"),
    [
        ("what does Camden use", "tools_of", "CMD"),
        ("show me Leeds' tools", "tools_of", "LDS"),
        ("What software does the London Borough of Camden use?", "tools_of", "CMD"),
        ("does Bristol use PlanX?", "who_uses", "BST"),
        ("Is PlanX used by Lambeth?", "who_uses", "LBH"),
        ("Bristol uses PlanX", "we_use", "BST"),
        ("Lambeth maintains BOPS", "volunteer", "LBH"),
        ("I work for Camden", "works_for", "CMD"),
        ("I'm from Leeds City Council", "works_for", "LDS"),
        ("I work at King's Lynn & West Norfolk", "works_for", "KIN"),
    ],
)
def test_a_sentence_about_a_council(text: str, intent: str, code: str) -> None:
    meaning = engine().understand(text, names())
    assert meaning.organisation is not None
    assert (meaning.intent, meaning.organisation.id) == (intent, f"local-authority:{code}")


@pytest.mark.parametrize(
    ("text", "intent", "slot", "value"),
    [
        ("who uses PlanX all", "who_uses", "all", "all"),
        ("who uses PlanX in London?", "who_uses", "region", "London"),
        ("who uses PlanX among districts", "who_uses", "region", "District"),
        ("who uses BOPS with PlanX", "who_uses", "with", "PlanX"),
        ("what's there for planning", "tools_for", "category", "planning"),
        ("we've been using PlanX since 2023", "we_use", "since", "2023"),
        ("We use PlanX since March 2023", "we_use", "since", "March 2023"),
        ("we went live with FixMyStreet on 2023-03-01", "we_use", "since", "2023-03-01"),
        ("we're piloting PlanX", "we_use", "status", "pilot"),
        ("we use PlanX (since 2023, pilot)", "we_use", "status", "pilot"),
        ("we gave up BOPS in 2022", "we_stopped", "since", "2022"),
        ("help with PlanX: login is down", "help", "text", "login is down"),
        ("please help with planx - the map is blank", "help", "text", "the map is blank"),
        ("help: our forms are broken.\nAll of them", "help", "text", "our forms are broken.\nAll of them"),
        ("BOPS is down!", "help", "text", "BOPS is down!"),
        ("take #12", "take", "number", "#12"),
        ("pass 12", "pass", "number", "12"),
        ("#4 has been answered", "answered", "number", "#4"),
        ("close #3", "resolve", "number", "#3"),
        ("please reopen #8", "reopen", "number", "#8"),
        ("please withdraw request 5", "withdraw", "number", "5"),
        ("what about #12", "status", "number", "#12"),
        ("help take", "usage", "topic", "take"),
    ],
)
def test_a_detail_is_kept_as_typed(text: str, intent: str, slot: str, value: str) -> None:
    meaning = engine().understand(text, names())
    assert (meaning.intent, meaning.slots.get(slot)) == (intent, value)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("take", "take"),
        ("I'll take it", "take"),
        ("mine!", "take"),
        ("pass", "pass"),
        ("answered", "answered"),
        ("resolve", "resolve"),
        ("That's solved, thanks a lot!", "resolve"),
        ("reopen", "reopen"),
        ("never mind", "withdraw"),
        ("board", "board"),
        ("what's open?", "board"),
        ("help", "usage"),
        ("hello", "usage"),
        ("what can you do?", "usage"),
        ("digest", "digest"),
        ("what happened this week?", "digest"),
        ("what do we use", "tools_of"),
    ],
)
def test_a_short_command_is_a_sentence_too(text: str, intent: str) -> None:
    meaning = engine().understand(text, names())
    assert meaning.intent == intent
    assert meaning.certainty >= 0.9


@pytest.mark.parametrize(
    ("text", "intent", "tool", "said"),
    [
        ("help with Jira: it is slow", "help", "Jira", "it is slow"),
        ("help with PlanX: who uses BOPS?", "help", "PlanX", "who uses BOPS?"),
        ("help: who has a tool for planning?", "help", None, "who has a tool for planning?"),
        ("help: PlanX is slow", "help", "PlanX", "PlanX is slow"),
        ("ask PlanX users: how long did it take?", "ask_users", "PlanX", "how long did it take?"),
    ],
)
def test_an_opener_with_a_colon_tells_more_than_what_follows(
    text: str, intent: str, tool: str | None, said: str
) -> None:
    meaning = engine().understand(text, names())
    assert (meaning.intent, meaning.slots.get("tool"), meaning.slots["text"]) == (intent, tool, said)


@pytest.mark.parametrize("text", ["PlanX: who uses it?", "Question: who uses PlanX?", "PlanX: wer nutzt es?"])
def test_a_colon_after_anything_else_opens_nothing(text: str) -> None:
    assert speaking().understand(text, names(), ("de", "en")).intent == "who_uses"


def test_a_councils_name_alone_asks_for_its_tools_and_may_not_be_overheard() -> None:
    meaning = engine().understand("Camden", names())
    assert (meaning.intent, meaning.certainty < OVERHEARD) == ("tools_of", True)


def test_of_two_tools_that_no_phrase_tells_apart_the_first_named_is_the_first() -> None:
    meaning = engine().understand("which councils combine PlanX and BOPS?", names())
    assert meaning.other is not None
    assert (meaning.known_tool, meaning.other.id) == ("planx", "bops")


@pytest.mark.parametrize(
    ("text", "typed", "match"),
    [
        ("who uses tool-57?", "tool-57", Match.UNKNOWN),
        ("who uses <b>@room</b>?", "<b>@room</b>", Match.UNKNOWN),
        ("is anyone using Salesforce?", "Salesforce", Match.UNKNOWN),
        ("does Camden use Jadu?", "Jadu", Match.UNKNOWN),
        ("who uses BOBS", "BOBS", Match.NEAR),
    ],
)
def test_a_question_about_a_tool_nobody_knows(text: str, typed: str, match: Match) -> None:
    meaning = engine().understand(text, names())
    assert meaning.intent == "unknown_tool"
    assert meaning.tool is not None
    assert (meaning.tool.typed, meaning.tool.match, meaning.slots["tool"]) == (typed, match, typed)


@pytest.mark.parametrize(
    "text",
    [
        "see you at lunch",
        "the weather is nice",
        "Thanks for the help everyone, have a good weekend",
        "what time is the meeting?",
        "👍",
        "can someone book a room for Thursday",
        "we use the big room on Tuesdays",
        "has the train been cancelled again",
        "",
        "   ",
        "...",
    ],
)
def test_chatter_means_nothing(text: str) -> None:
    assert engine().understand(text, names()) == NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "take care",
        "I'll take a day off",
        "pass me the salt",
        "mine is broken",
        "mine too",
        "maybe I'll take it",
        "is it solved?",
        "solved?",
        "that's solved half of it",
        "close the window",
        "never mind the weather",
        "I'll take it. Lunch on Friday with the whole team?",
    ],
)
def test_talk_in_a_thread_is_not_taken_for_a_command(text: str) -> None:
    assert engine().understand(text, names()).certainty < OVERHEARD


def test_a_sentence_explained_in_full_is_certain_and_one_in_part_less() -> None:
    whole = engine().understand("who uses PlanX", names())
    part = engine().understand("who on earth in this sector uses PlanX nowadays", names())
    assert whole.certainty == 1.0
    assert 0.6 <= part.certainty < 1.0
    assert part.intent == "who_uses"


def test_a_language_without_a_vocabulary_is_not_understood() -> None:
    assert engine().understand("who uses PlanX", names(), ("cy",)) == NOTHING


PIECES = [
    "who uses",
    "help with",
    "PlanX",
    "in London",
    ":",
    "take",
    "#12",
    "we",
    "since 2023",
    "?",
    "\u200b",
    "\n",
    "'s",
]
SPOKEN = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=12).map(" ".join)


@given(SPOKEN | st.text())
def test_any_text_is_read_without_raising_and_its_slots_are_as_typed(text: str) -> None:
    meaning = engine().understand(text, names())
    assert 0.0 <= meaning.certainty <= 1.0
    for slot, value in meaning.slots.items():
        assert slot in CHOSEN or value in text
    for named in (meaning.tool, meaning.organisation, meaning.other):
        assert named is None or named.typed in text
        assert named is None or all(i in names().tools or i in names().organisations for i in named.ids)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 65_536,
        "who uses planx in london " * 2_600,
        "word " * 10_000,
        "😀👩‍👩‍👧" * 5_000,
        "مرحبا من يستخدم " * 4_000,
        "w\u200bh\u200bo uses " * 5_000,
        "\0" * 65_536,
        "who uses x?\n" * 5_000,
        "who uses " + "x-" * 30_000,
        '"' * 65_536,
    ],
    ids=["letters", "questions", "words", "emoji", "rtl", "zero-width", "nul", "lines", "token", "quotes"],
)
def test_a_huge_message_takes_bounded_time(text: str) -> None:
    engine().understand("warm up", names())
    begun = time.perf_counter()
    engine().understand(text, names())
    assert time.perf_counter() - begun < 0.5  # some 25 ms on a quiet machine


def test_a_long_question_is_kept_whole() -> None:
    text = "help with PlanX: " + "it is broken and nobody knows why. " * 1_000
    meaning = engine().understand(text, names())
    assert (meaning.intent, meaning.slots["text"]) == ("help", text[len("help with PlanX: ") :].rstrip())
