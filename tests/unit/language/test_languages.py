"""A sentence is understood in the language it is said in, whatever language is spoken in the room."""

import pytest

from bot.language.meaning import NOTHING
from tests.unit.language.community import names, speaking

ROOMS = ("en", "cy", "fr", "de")


def room(language: str) -> list[str]:
    """The languages in the order they are tried where this one is spoken."""
    return sorted(ROOMS, key=lambda other: other != language)


@pytest.mark.parametrize("spoken_here", ROOMS)
@pytest.mark.parametrize(
    ("language", "text", "intent", "tool"),
    [
        ("en", "who uses PlanX?", "who_uses", "planx"),
        ("en", "is anyone else running decidim in London", "who_uses", "decidim"),
        ("en", "who maintains BOPS", "who_maintains", "bops"),
        ("en", "we stopped using FixMyStreet last year", "we_stopped", "fixmystreet"),
        ("cy", "pwy sy'n defnyddio PlanX?", "who_uses", "planx"),
        ("cy", "oes rhywun yn defnyddio Decidim", "who_uses", "decidim"),
        ("cy", "pwy sy'n cynnal BOPS?", "who_maintains", "bops"),
        ("cy", "rydyn ni'n defnyddio FixMyStreet", "we_use", "fixmystreet"),
        ("fr", "qui utilise PlanX ?", "who_uses", "planx"),
        ("fr", "bonjour, quelles communes utilisent Decidim ?", "who_uses", "decidim"),
        ("fr", "qui maintient BOPS", "who_maintains", "bops"),
        ("fr", "nous utilisons FixMyStreet depuis 2021", "we_use", "fixmystreet"),
        ("de", "wer nutzt PlanX?", "who_uses", "planx"),
        ("de", "welche Kommunen setzen Decidim ein?", "who_uses", "decidim"),
        ("de", "wer betreut BOPS", "who_maintains", "bops"),
        ("de", "wir nutzen FixMyStreet seit 2021", "we_use", "fixmystreet"),
    ],
)
def test_the_language_asked_in_is_found_in_every_room(
    spoken_here: str, language: str, text: str, intent: str, tool: str
) -> None:
    meaning = speaking().understand(text, names(), room(spoken_here))
    assert (meaning.language, meaning.intent, meaning.known_tool) == (language, intent, tool)


@pytest.mark.parametrize("spoken_here", ROOMS)
@pytest.mark.parametrize("text", ["PlanX", "PlanX?", "FixMyStreet", "BOPS!"])
def test_a_name_alone_is_in_the_language_of_the_room(spoken_here: str, text: str) -> None:
    assert speaking().understand(text, names(), room(spoken_here)).language == spoken_here


@pytest.mark.parametrize("spoken_here", ROOMS)
@pytest.mark.parametrize("text", ["", "...", "😀😀", "مرحبا كيف الحال", "12:30", "\u202e\u200f"])
def test_what_is_in_no_language_means_nothing(spoken_here: str, text: str) -> None:
    meaning = speaking().understand(text, names(), room(spoken_here))
    assert (meaning.intent, meaning.certainty) == (NOTHING.intent, 0.0)


def test_a_language_that_nobody_speaks_here_is_not_tried() -> None:
    assert speaking().understand("wer nutzt PlanX?", names(), ("en",)).language == "en"
    assert speaking().understand("wer nutzt PlanX?", names(), ()) == NOTHING


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("who uses PlanX together with BOPS?", "planx", "bops"),
        ("which councils use BOPS alongside GOV.UK Notify", "bops", "govuk-notify"),
    ],
)
def test_a_second_tool_is_kept_beside_the_first(text: str, first: str, second: str) -> None:
    meaning = speaking().understand(text, names())
    assert meaning.other is not None
    assert (meaning.known_tool, meaning.other.id, meaning.slots["with"]) == (first, second, meaning.other.typed)


@pytest.mark.parametrize(
    ("text", "intent", "tool"),
    [
        ("We use PlanX since 2023. Who else uses it?", "who_uses", "planx"),
        ("BOPS looks interesting. Who uses it?", "who_uses", "bops"),
        ("we don't use PlanX", "we_stopped", "planx"),
        ("we no longer use decidim", "we_stopped", "decidim"),
        ("we are considering Decidim, does anyone use it", "who_uses", "decidim"),
        (
            "Morning all. Long story short, our members want a map. Does anybody use FixMyStreet?",
            "who_uses",
            "fixmystreet",
        ),
    ],
)
def test_of_several_clauses_the_one_that_asks_or_denies_tells(text: str, intent: str, tool: str) -> None:
    meaning = speaking().understand(text, names())
    assert (meaning.intent, meaning.known_tool) == (intent, tool)


@pytest.mark.parametrize(
    "text",
    [
        "PlanX",
        "ah, PlanX",
        "hello",
        "what can you do?",
        "help",
        "who uses Salesforce?",
        "what does Camden use?",
        "I work for Camden",
        "what's open?",
        "I can't stand PlanX",
    ],
)
def test_only_a_clear_sentence_about_a_known_tool_may_be_answered_when_overheard(text: str) -> None:
    assert speaking().understand(text, names(), ROOMS).certainty < 0.95


@pytest.mark.parametrize(
    "text", ["guten Morgen zusammen!", "bonjour tout le monde !", "bore da bawb!", "Morgen zusammen"]
)
def test_a_greeting_to_everybody_is_not_for_the_bot(text: str) -> None:
    assert speaking().understand(text, names(), ROOMS).intent in (NOTHING.intent, "small_talk")


@pytest.mark.parametrize(
    "text", ["who uses PlanX?", "which councils use Decidim", "wer nutzt PlanX?", "qui utilise BOPS ?"]
)
def test_a_clear_sentence_about_a_known_tool_is(text: str) -> None:
    assert speaking().understand(text, names(), ROOMS).certainty >= 0.95
