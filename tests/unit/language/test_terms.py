"""What people call the register's regions and categories, in every language, comes out in the register's own words."""

from functools import cache

import pytest

from bot.language.names import Names
from bot.language.terms import Terms
from bot.language.vocabulary import Words, load_words
from plugins.directory.places import label, places, places_of
from tests.unit.language.community import COUNCILS, TOOLS, names, speaking

ROOMS = ("en", "cy", "fr", "de")


@pytest.mark.parametrize(
    ("language", "text", "region"),
    [
        ("en", "who uses PlanX in London?", "London"),
        ("en", "which London boroughs use PlanX?", "London borough"),
        ("en", "who uses PlanX in the north west", "North West"),
        ("en", "which welsh councils use PlanX", "Welsh council"),
        ("cy", "pwy sy'n defnyddio PlanX yng Nghymru", "Wales"),
        ("cy", "pwy sy'n defnyddio PlanX yn Llundain?", "London"),
        ("fr", "qui utilise PlanX à Londres", "London"),
        ("fr", "qui utilise PlanX en ECOSSE ?", "Scotland"),
        ("fr", "qui utilise Decidim au pays de Galles", "Wales"),
        ("de", "wer nutzt PlanX in Schottland", "Scotland"),
        ("de", "welche Londoner Bezirke nutzen PlanX?", "London borough"),
    ],
)
def test_a_region_is_understood_by_what_it_is_called_here(language: str, text: str, region: str) -> None:
    meaning = speaking().understand(text, names(), (language, *ROOMS))
    assert (meaning.intent, meaning.known_tool, meaning.slots.get("region")) == ("who_uses", meaning.known_tool, region)
    assert meaning.organisation is None


@pytest.mark.parametrize(
    ("language", "text", "category"),
    [
        ("en", "what is there for potholes", "reporting"),
        ("en", "what tools are there for planning?", "planning"),
        ("cy", "beth sydd ar gael ar gyfer mapiau", "maps"),
        ("fr", "quels outils pour la cartographie", "maps"),
        ("de", "was gibt es für Bürgerbeteiligung", "participation"),
    ],
)
def test_a_category_is_too(language: str, text: str, category: str) -> None:
    meaning = speaking().understand(text, names(), (language, *ROOMS))
    assert (meaning.intent, meaning.slots.get("category")) == ("tools_for", category)


def test_a_place_that_nobody_lists_stays_as_typed() -> None:
    meaning = speaking().understand("who uses PlanX in Atlantis", names(), ROOMS)
    assert meaning.slots.get("region") == "Atlantis"


@pytest.mark.parametrize(
    "text",
    [
        "who uses PlanX for the east wing",
        "does PlanX work in Welsh?",
        "who uses PlanX for the capital costs",
        "welche Kommunen nutzen PlanX?",
        "quelles communes utilisent PlanX ?",
    ],
)
def test_an_everyday_word_is_no_region(text: str) -> None:
    assert "region" not in speaking().understand(text, names(), ROOMS).slots


@cache
def terms() -> Terms:
    return Terms(Words(regions={"Scotland": ("Écosse",)}, categories={"maps": ("SIG", "fonds de carte")}))


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("region", "ecosse", "Scotland"),
        ("region", "south west", "South West"),
        ("region", "Mordor", ""),
        ("category", "Fonds de Carte", "maps"),
        ("category", "PLANNING", "planning"),
        ("category", "management", "content-management"),
        ("category", "pottery", ""),
        ("category", "", ""),
    ],
)
def test_the_registers_word_is_found_whatever_its_case_and_accents(kind: str, text: str, found: str) -> None:
    assert terms().canonical(kind, text, names()) == found


@pytest.mark.parametrize("language", ROOMS)
def test_no_term_stands_for_two_things(language: str) -> None:
    words = load_words(language)
    for table in (words.regions, words.categories):
        said = [text for texts in table.values() for text in {text.casefold() for text in texts}]
        assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize(
    ("typed", "known"),
    [("London", True), ("london", True), ("the South West", True), ("districts", True), ("west", False), ("", False)],
)
def test_a_place_is_known_by_its_whole_name(typed: str, known: bool) -> None:
    assert bool(label(Names(TOOLS, COUNCILS), typed)) is known


def test_a_council_is_in_its_region_and_in_no_other_that_shares_a_word() -> None:
    camden, bristol = COUNCILS[0], COUNCILS[2]
    assert places("South West") & places_of(bristol)
    assert places("the districts") & places_of(camden)
    assert not places("North West") & places_of(bristol)
    assert not places("London borough") & places_of(bristol)
