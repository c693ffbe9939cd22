"""Bare answers to a question of the bot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.language.community import speaking

EVERY = ("en", "cy", "fr", "de")
ANSWERS = {"yes", "no", "that", "later", "stop", "none", None}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", "yes"),
        ("Yes, thanks!", "yes"),
        ("YEP", "yes"),
        ("👍", "yes"),
        ("👍 thanks", "yes"),
        ("definately", "yes"),
        ("oui merci", "yes"),
        ("ja", "yes"),
        ("ydyn", "yes"),
        ("no", "no"),
        ("no, not any more", "no"),
        ("nein danke", "no"),
        ("later", "later"),
        ("ask me later please", "later"),
        ("stop asking me", "stop"),
        ("none of these", "none"),
        ("neither", "none"),
        ("that's it", "that"),
        ("Thats it!", "that"),
        ("yes, that's it", "that"),
        ("yes that helps, thanks", "that"),
        ("that answers it", "that"),
        ("dyna fo", "that"),
        ("oui, c'est ça", "that"),
        ("ja, genau das", "that"),
        ("yes, that's right", "yes"),
        ("no, that's not it", "no"),
    ],
)
def test_a_message_that_is_nothing_else_is_an_answer(text: str, answer: str) -> None:
    assert speaking().answer(text, EVERY) == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "thanks",
        "we use PlanX",
        "yes but only in Wales and not before the audit is done",
        "who uses PlanX?",
        "yesterday",
        "no idea where the stapler went",
        "a" * 100_000,
    ],
)
def test_a_message_that_says_more_is_none(text: str) -> None:
    assert speaking().answer(text, EVERY) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("2.", 2),
        ("#2", 2),
        ("number 2", 2),
        ("option 2 please", 2),
        ("the 2nd", 2),
        ("the second one", 2),
        ("first", 1),
        ("12", 12),
    ],
)
def test_one_of_several_is_picked_by_its_number(text: str, number: int) -> None:
    assert speaking().choice(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "1 or 2", "not 2", "2024", "10:30", "version 1.2", "the map has been down since 9 this morning", "PlanX"],
)
def test_other_numbers_pick_nothing(text: str) -> None:
    assert speaking().choice(text) is None


@given(st.text(max_size=200))
def test_any_text_is_heard_without_raising(text: str) -> None:
    assert speaking().answer(text, EVERY) in ANSWERS
    picked = speaking().choice(text, EVERY)
    assert picked is None or 0 <= picked < 100
