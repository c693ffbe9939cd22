"""The classifier learns from examples, the same way every time, and keeps to them."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.classifier import Classifier, Example
from bot.language.features import SCALE, Speech, Term

SPEECH = Speech(families={"use": frozenset({"~use"}), "run": frozenset({"~use"})}, light={"the"}, negations={"not"})
SAID = {
    "asked": ["who use {tool}", "who use the {tool}", "which council use {tool}"],
    "told": ["we use {tool}", "our council use {tool}", "we use the {tool}"],
    "none": ["see you at lunch", "the weather is nice", "lunch is at noon"],
}


def features(text: str) -> dict[str, float]:
    return dict(SPEECH.features([Term(word) for word in text.split()], asks=False))


@cache
def learnt() -> Classifier:
    return Classifier.learn([Example(features(text), intent) for intent, texts in SAID.items() for text in texts * 4])


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("who use {tool}", "asked"),
        ("who run {tool}", "asked"),
        ("we run the {tool}", "told"),
        ("nice lunch", "none"),
        ("see the weather", "none"),
    ],
)
def test_what_resembles_an_example_has_its_intent(text: str, intent: str) -> None:
    likelihoods = learnt().likelihoods(features(text))
    assert max(likelihoods, key=likelihoods.__getitem__) == intent


def test_the_same_examples_make_the_same_classifier() -> None:
    asked = features("who else use {tool} in the office")
    assert learnt.__wrapped__().likelihoods(asked) == learnt.__wrapped__().likelihoods(asked)


def test_without_examples_nothing_is_likely() -> None:
    assert Classifier.learn([]).likelihoods(features("who use {tool}")) == {}


@given(st.lists(st.text(min_size=1, max_size=12), max_size=80))
def test_likelihoods_are_shares_of_one_and_features_of_one_length(words: list[str]) -> None:
    found = SPEECH.features([Term(word) for word in words], asks=True)
    assert sum(value * value for value in found.values()) == pytest.approx(SCALE * SCALE)
    assert sum(learnt().likelihoods(found).values()) == pytest.approx(1.0, abs=1e-4)
