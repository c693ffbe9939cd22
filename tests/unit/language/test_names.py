"""Names as people type them, and what they resolve to."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.directory import Organisation, Tool
from bot.language.keys import key, words_of
from bot.language.meaning import Match, Named
from bot.language.names import NameIndex, Names
from bot.language.noise import TOOLS as NOISE
from tests.unit.language.community import COUNCILS, TOOLS, names


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
        ("Drupal LocalGv", "localgov-drupal"),
        ("Planz", "planx"),
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
        ("PLNX", "planx"),
        ("dcdm", "decidim"),  # the vowels left out
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
        ("Bristol CC", "BST"),
        ("Mairie d'Leeds", "LDS"),
        ("Hammersmith et Fulham", "HMF"),
        ("Hammersmith + Fulham", "HMF"),
        ("cam den", "CMD"),
    ],
)
def test_a_council_is_found_by_any_of_its_usual_names(typed: str, code: str) -> None:
    found = names().find_organisation(typed)
    assert (found.match, found.id) == (Match.EXACT, f"local-authority:{code}")


@pytest.mark.parametrize(
    ("typed", "match", "code"),
    [
        ("Camdne", Match.TYPO, "CMD"),
        ("Concil of Camden", Match.TYPO, "CMD"),
        ("CamdenCouncil", Match.TYPO, "CMD"),
        ("Camdne Burough Council", Match.TYPO, "CMD"),
        ("LondonBorough of Camden", Match.EXACT, "CMD"),
        ("Londn Boroughof Camden", Match.TYPO, "CMD"),
        ("South Somerset", Match.NEAR, "NSM"),  # another word isn't a slip
        ("City Council", Match.UNKNOWN, ""),
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


def test_a_short_name_two_letters_off_is_another_body() -> None:
    barnet = Organisation("b", "London Borough of Barnet", "Barnet")
    assert Names((), [barnet]).find_organisation("London Borough of Brent").match is Match.NEAR


def test_a_misspelt_body_of_another_kind_is_a_question() -> None:
    here = Names((), [Organisation("h", "Hyndbury District Council", "Hyndbury")])
    assert here.find_organisation("Hyndbry Council").id == "h"
    assert here.find_organisation("Stadt Hyndbry").match is Match.NEAR


def test_saint_is_st_and_accents_do_not_matter() -> None:
    here = Names((), [Organisation("s", "Ville de Saint-Étienne"), Organisation("o", "Ville d'Orléans")])
    assert {here.find_organisation(typed).id for typed in ("St Etienne", "saint etienne", "Mairie de St-Étienne")} == {
        "s"
    }
    assert {here.find_organisation(typed).id for typed in ("Orleans", "d’Orléans", "Mairie d'Orleans")} == {"o"}


def test_tools_of_one_name_are_told_apart_by_their_repository() -> None:
    one = Tool("planner", "Planner", repository="https://git.example.org/leeds/planner")
    two = Tool("planner-2", "Planner", repository="https://code.example.net/york/planner.git")
    here = Names([one, two])
    assert here.find_tool("planner") == Named("planner", Match.AMBIGUOUS, ("planner", "planner-2"))
    for typed in ("https://code.example.net/york/planner", "code.example.net/york/planner.git", "york/planner"):
        assert here.find_tool(typed.removesuffix(".git")).id == "planner-2"
    assert here.find_tool("https://www.git.example.org/leeds/planner.git").id == "planner"
    assert here.find_tool("https://code.example.net/leeds/planner").id is None  # nobody's
    assert here.find_tool("Planner git.example.org").id == "planner"
    assert here.find_tool("git.example.org Planner").id == "planner"


@pytest.mark.parametrize(
    "name",
    ["خدمات المدينة", "Київ Цифровий", "数字城市", "🌍🔥", "Plan\u200bner\u2060", "Pla\u202enner", "x" * 300, "ᎣᎦᎾ"],
)
def test_a_name_in_any_script_is_found(name: str) -> None:
    here = Names([Tool("it", name), Tool("planx", "PlanX")])
    assert here.find_tool(name).id == "it"
    assert here.find_tool(name.upper()).id == "it"


@pytest.mark.parametrize(
    "typed",
    ["РlanX", "рlаnх", "PlanХ", "Plаn-X", "PIanX", "P1anX", "pl\u0430nx tool", "PlаmX"],  # Cyrillic letters, I, 1
)
def test_what_only_looks_like_a_known_name_is_not_taken_for_it(typed: str) -> None:
    found = names().find_tool(typed)
    assert (found.match, found.ids[0], found.id, found.lookalike) == (Match.NEAR, "planx", None, True)


def test_a_lookalike_that_is_registered_is_itself() -> None:
    here = Names([Tool("planx", "PlanX"), Tool("other", "РlanX")])
    assert (here.find_tool("РlanX").id, here.find_tool("PlanX").id) == ("other", "planx")


@pytest.mark.parametrize("typed", ["PlanX", "ＰｌａｎＸ", "Plan✕", "Plnax", "Slack"])
def test_other_names_are_no_lookalikes(typed: str) -> None:
    assert not names().find_tool(typed).lookalike


def test_names_are_brought_up_to_date() -> None:
    here = Names(TOOLS, COUNCILS)
    assert here.update(TOOLS, COUNCILS) == 0
    renamed = (Tool("planx", "Grundstück"), *TOOLS[2:])
    assert here.update(renamed, COUNCILS[1:]) == 3  # one renamed, two gone
    assert here.find_tool("Grundstuck").id == "planx"
    assert here.find_tool("Back Office Planning System").id is None
    assert here.find_organisation("Camden").id is None
    assert "bops" not in here.tools
    assert here.knows_category("content management")
    assert not here.knows_category("planning")
    assert here.knows_region("London")  # Lambeth's
    here.update(renamed, ())
    assert not here.knows_region("London")


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
@example("١٢٣")
@example("ﷺ" * 60)
@example("\ud800")
@example("https")
def test_any_text_may_be_typed(typed: str) -> None:
    for found in (names().find_tool(typed), names().find_organisation(typed)):
        assert found.typed == typed
        assert len(found.ids) <= 3 or found.match is Match.AMBIGUOUS
        assert bool(found.ids) == (found.match is not Match.UNKNOWN)


LETTERS = st.text("abcdeiln рI1-. ", min_size=1, max_size=9)


@given(st.lists(LETTERS, min_size=1, max_size=6), LETTERS)
def test_a_name_is_exact_only_if_it_is_the_same_but_for_folding_order_and_noise(known: list[str], typed: str) -> None:
    index = NameIndex(((str(at), [name]) for at, name in enumerate(known)), noise=NOISE)
    found = index.find(typed)
    if found.match in (Match.EXACT, Match.AMBIGUOUS):
        for id_ in found.ids:
            assert _letters(known[int(id_)]) & _letters(typed)


@given(st.lists(LETTERS, min_size=1, max_size=6))
def test_every_name_is_found_by_itself(known: list[str]) -> None:
    index = NameIndex((str(at), [name]) for at, name in enumerate(known))
    for at, name in enumerate(known):
        if words_of(name):
            assert str(at) in index.find(name).ids


CHANGES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.none() | st.lists(LETTERS, max_size=3), st.booleans()), max_size=12
)


@given(CHANGES, st.lists(LETTERS, min_size=1, max_size=6))
def test_after_any_changes_an_index_answers_like_a_new_one(
    changes: list[tuple[str, list[str] | None, bool]], asked: list[str]
) -> None:
    changed = NameIndex(noise=NOISE)
    left: dict[str, tuple[list[str], bool]] = {}
    for id_, given_names, current in changes:
        changed.find(asked[0])
        if given_names is None:
            changed.remove(id_)
            left.pop(id_, None)
        else:
            changed.replace(id_, given_names, current=current)
            left[id_] = (given_names, current)
    new = NameIndex(noise=NOISE)
    for id_, (given_names, current) in sorted(left.items()):
        new.add(id_, given_names, current=current)
    for typed in (*asked, *(name for given_names, _ in left.values() for name in given_names)):
        assert changed.find(typed) == new.find(typed)


def _letters(name: str) -> set[str]:
    """The letters of a name in any order, with its noise and without."""
    return {"".join(sorted(key(words))) for words in (words_of(name), NOISE.strip(words_of(name)))}


def test_a_word_with_the_same_consonants_is_not_a_slip() -> None:
    assert NameIndex([("h", ["Haringey"])]).find("hiring").id is None
