"""Whom a message speaks to, and what is left of it without the address."""

import time

import pytest

from bot.matrix.inbound import Ears
from tests.matrix.test_inbound import ANA, CLERK, EARS, content_of, event

MENTION = {"m.mentions": {"user_ids": [CLERK]}}


@pytest.mark.parametrize(
    "body",
    ["@clerk:other.org who uses PlanX?", "@clerk:x.org.uk: who uses PlanX?", "clerkenwell: who?", "deskclerk, hello"],
)
def test_somebody_else_of_nearly_the_same_name_is_not_the_bot(body: str) -> None:
    words = content_of(event({"body": body}))
    assert (words["addressed"], words["text"]) == (False, body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("clerk:who uses PlanX?", "who uses PlanX?"),
        ("@Town Clerk: who uses PlanX?", "who uses PlanX?"),
        ("  CLERK ,  who uses PlanX?  ", "who uses PlanX?"),
        ("@clerk", ""),
        ("Town Clerk:", ""),
        ("@clerk:x.org", ""),
        ("!CLERK\nwho uses PlanX?", "who uses PlanX?"),
        ("clerk: clerk: who?", "clerk: who?"),
    ],
)
def test_the_address_is_taken_off_however_it_is_written(body: str, text: str) -> None:
    words = content_of(event({"body": body}))
    assert (words["addressed"], words["text"]) == (True, text)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("who uses PlanX, @Town Clerk?", "who uses PlanX?"),
        ("thanks @clerk, who uses PlanX?", "thanks, who uses PlanX?"),
        ("who uses PlanX @clerk:x.org", "who uses PlanX"),
        ("who uses deskclerk", "who uses deskclerk"),
        ("who uses the ClerkApp, clerk", "who uses the ClerkApp"),
        ("nobody is named here", "nobody is named here"),
    ],
)
def test_a_mentioned_name_is_taken_out_where_it_stands_as_a_word(body: str, text: str) -> None:
    words = content_of(event({"body": body} | MENTION))
    assert (words["addressed"], words["text"]) == (True, text)


def test_what_a_client_says_of_mentions_counts_more_than_a_pill() -> None:
    pill = f'<a href="https://matrix.to/#/{CLERK}">Town Clerk</a>'
    assert not content_of(event({"formatted_body": pill, "m.mentions": {}}))["addressed"]


@pytest.mark.parametrize(
    ("href", "addressed"),
    [
        ("https://matrix.to/#/@clerk:x.org", True),
        ("https://matrix.to/#/%40clerk%3Ax.org", True),
        ("https://matrix.to/#/@clerk:x.org?via=x.org", True),
        ("https://matrix.to/#/@clerk:x.org.uk", False),
        ("https://evil.example/#/@clerk:x.org", False),
    ],
)
def test_a_pill_names_exactly_one_account(href: str, addressed: bool) -> None:
    words = content_of(event({"formatted_body": f'<a href="{href}">Town Clerk</a>'}))
    assert words["addressed"] is addressed


@pytest.mark.parametrize("mentions", [[], "x", {"user_ids": CLERK}, {"user_ids": {CLERK: 1}}, {"user_ids": [[CLERK]]}])
def test_a_malformed_mention_is_none(mentions: object) -> None:
    assert not content_of(event({"m.mentions": mentions}))["addressed"]


def test_several_lines_of_quotation_are_taken_off_a_reply() -> None:
    body = "> <@bea:x.org> clerk: who uses PlanX?\n> and BOPS?\n>\n> thanks\n\nclerk: take 3"
    words = content_of(event({"body": body, "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}))
    assert (words["addressed"], words["text"]) == (True, "take 3")


def test_a_quotation_of_ones_own_that_answers_nothing_stays() -> None:
    assert content_of(event({"body": "> as they say\nwell"}))["text"] == "> as they say\nwell"


def test_a_reply_that_is_nothing_but_a_quotation_says_nothing() -> None:
    words = content_of(event({"body": "> who uses PlanX?", "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}))
    assert (words["addressed"], words["text"]) == (False, "")


def test_without_a_prefix_only_names_count() -> None:
    ears = Ears(CLERK, ("Town Clerk",), "")
    assert ears.address("!clerk who uses PlanX?", {}) == (False, "!clerk who uses PlanX?")


def test_names_are_words_not_patterns() -> None:
    ears = Ears(CLERK, ("Clerk (.*)+$ [bot]",), "?clerk*")
    assert ears.address("Clerk (.*)+$ [bot]: hi", {}) == (True, "hi")
    assert ears.address("?clerk* hi", {}) == (True, "hi")
    assert ears.address("anything", {}) == (False, "anything")


@pytest.mark.parametrize("body", [" " * 60_000 + "x", "x" + " " * 60_000 + "y", "clerk" + " " * 60_000, "@" * 60_000])
def test_the_longest_message_is_read_at_once(body: str) -> None:
    started = time.perf_counter()
    EARS.address(body, MENTION)
    EARS.address(body, {"formatted_body": body})
    assert time.perf_counter() - started < 1


def test_an_ignored_bot_is_known_by_its_whole_id() -> None:
    assert EARS.ignores("@otherbot:x.org")
    assert not EARS.ignores("@bot:x.org.evil")
    assert not EARS.ignores(ANA)
