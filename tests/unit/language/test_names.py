"""Names as people type them, and what they resolve to."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.directory import Tool
from bot.language.meaning import Match
from bot.language.names import NameIndex, Names
from tests.unit.language.community import names


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("PlanX", "planx"),
        ("planx", "planx"),
        ("Plan-X", "planx"),
        ("plan x", "planx"),
        ("PLAN.X", "planx"),
        ("Ｐｌａｎ\u200bＸ", "planx"),
        ("the PlanX system", "planx"),
        ("Drupal LocalGov", "localgov-drupal"),
        ("local gov drupal", "localgov-drupal"),
        ("localgov-drupal", "localgov-drupal"),
        ("LGD", "localgov-drupal"),
        ("fix my street", "fixmystreet"),
        ("gov uk notify", "govuk-notify"),
        ("ModernGov", "moderngov"),
        ("Décidim", "decidim"),
    ],
)
def test_case_spaces_hyphens_dots_accents_and_word_order_do_not_matter(typed: str, meant: str) -> None:
    found = names().find_tool(typed)
    assert (found.match, found.id, found.typed) == (Match.EXACT, meant, typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("PlnaX", "planx"),
        ("Decidem", "decidim"),
        ("FixMyStret", "fixmystreet"),
        ("LocalGov Drupla", "localgov-drupal"),
    ],
)
def test_a_slip_of_the_keyboard_is_understood(typed: str, meant: str) -> None:
    found = names().find_tool(typed)
    assert (found.match, found.id) == (Match.TYPO, meant)


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("BOBS", "bops"),  # a short name has too many neighbours
        ("bosp", "bops"),
        ("plаnx", "planx"),  # a Cyrillic а
        ("PlanX 2", "planx"),  # a number makes another thing
        ("Planz", "planx"),
    ],
)
def test_a_wrong_guess_is_worse_than_a_question(typed: str, suggested: str) -> None:
    found = names().find_tool(typed)
    assert found.match is Match.NEAR
    assert found.id is None
    assert suggested in found.ids


@pytest.mark.parametrize("typed", ["foo", "tool-57", "<b>@room</b>", "Salesforce", "", " ", "\0", "…", "x" * 70_000])
def test_what_nobody_registered_is_unknown(typed: str) -> None:
    assert names().find_tool(typed).match is Match.UNKNOWN


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Camden", "CMD"),
        ("Camden Council", "CMD"),
        ("camden borough council", "CMD"),
        ("LB Camden", "CMD"),
        ("London Borough of Camden", "CMD"),
        ("the London Borough of Camden", "CMD"),
        ("Bristol", "BST"),
        ("City of Bristol", "BST"),
        ("Bristol, City of", "BST"),
        ("Leicester", "LCE"),
        ("Leicestershire", "LEC"),
        ("leicester city", "LCE"),
        ("kings lynn & west norfolk", "KIN"),
        ("Hammersmith and Fulham Council", "HMF"),
        ("LBHF", "HMF"),
        ("Cyngor Caerdydd", "CRF"),
        ("local-authority:CMD", "CMD"),
        ("Kettering", "KET"),
        ("Somerset", "SMT"),
        ("Somerset County Council", "SOM"),
    ],
)
def test_a_council_is_found_by_any_of_its_usual_names(typed: str, code: str) -> None:
    found = names().find_organisation(typed)
    assert (found.match, found.id) == (Match.EXACT, f"local-authority:{code}")


@pytest.mark.parametrize(
    ("typed", "match", "code"),
    [
        ("Camdne", Match.TYPO, "CMD"),
        ("North Somerst", Match.TYPO, "NSM"),
        ("Leicester County Council", Match.NEAR, "LCE"),
        ("Hammersmith", Match.NEAR, "HMF"),
        ("WCC", Match.AMBIGUOUS, "WIN"),
        ("local-authority:CMB", Match.UNKNOWN, ""),
        ("the council", Match.UNKNOWN, ""),
        ("Atlantis", Match.UNKNOWN, ""),
    ],
)
def test_a_council_that_is_not_sure_is_not_guessed(typed: str, match: Match, code: str) -> None:
    found = names().find_organisation(typed)
    assert found.match is match
    assert not code or f"local-authority:{code}" in found.ids


def test_bodies_that_share_their_name_but_for_noise_are_ambiguous() -> None:
    index = names().organisation_index.__class__(noise=names().organisation_index._noise)
    index.add("town", ["Ashford Borough Council"])
    index.add("county", ["Ashford County Council"])
    assert index.find("Ashford").match is Match.AMBIGUOUS
    assert index.find("Ashford County").id == "county"


def test_an_index_stays_current() -> None:
    index = NameIndex([("a", ["Alpha"]), ("b", ["Beta", "Second"])])
    index.replace("a", ["Omega"])
    index.remove("b")
    index.remove("never there")
    assert index.find("Alpha").match is Match.UNKNOWN
    assert index.find("Second").match is Match.UNKNOWN
    assert index.find("Omega").id == "a"


def test_names_follow_their_tools() -> None:
    here = Names([Tool("x", "Xylophone")])
    assert here.find_tool("xylofone").ids == ("x",)
    here.put_tool(Tool("x", "Marimba"))
    assert here.find_tool("Marimba").id == "x"
    assert here.find_tool("Xylophone").match is Match.UNKNOWN
    here.drop_tool("x")
    assert not here.tools
    assert here.find_tool("Marimba").match is Match.UNKNOWN


@given(st.text(max_size=60))
def test_any_text_may_be_typed(typed: str) -> None:
    for found in (names().find_tool(typed), names().find_organisation(typed)):
        assert found.typed == typed
        assert len(found.ids) <= 3 or found.match is Match.AMBIGUOUS


def test_ten_thousand_names_are_searched_in_a_few_milliseconds() -> None:
    syllables = ["ka", "lo", "mi", "ter", "sun", "ve", "plan", "dro", "qui", "fa"]
    made = ["".join(syllables[int(digit)] for digit in f"{n:04d}") for n in range(10_000)]
    index = NameIndex((name, [name]) for name in made)
    index.find("warm up")
    took = []
    for name in made[::200]:
        begun = time.perf_counter()
        index.find(name[:-1] + "z" + name[-1])
        took.append(time.perf_counter() - begun)
    assert sorted(took)[len(took) // 2] < 0.02  # some 2 ms on a quiet machine


def test_a_word_with_the_same_consonants_is_not_a_slip() -> None:
    assert NameIndex([("h", ["Haringey"])]).find("hiring").id is None
