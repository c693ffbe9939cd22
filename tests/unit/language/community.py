"""A small community of tools and councils, and the engine with the built-in plugins' sentences."""

from datetime import date
from functools import cache
from pathlib import Path

from bot.domain.directory import Organisation, Tool
from bot.features import LANGUAGES
from bot.language.engine import Engine
from bot.language.names import Names
from bot.language.vocabulary import load

PLUGINS = Path(__file__).parents[3] / "plugins"
SPEAKING = ("directory", "requests", "people", "help", "digest", "availability", "escalation")

TOOLS = (
    Tool("planx", "PlanX", category="planning"),
    Tool("bops", "BOPS", category="planning", aliases=("Back Office Planning System",)),
    Tool("localgov-drupal", "LocalGov Drupal", category="content-management", aliases=("LGD",)),
    Tool("fixmystreet", "FixMyStreet"),
    Tool("decidim", "Decidim"),
    Tool("govuk-notify", "GOV.UK Notify", aliases=("Notify",)),
    Tool("moderngov", "Modern.Gov"),
)


def _council(code: str, name: str, short: str, *aliases: str, ended: date | None = None) -> Organisation:
    return Organisation(
        id=f"local-authority:{code}",
        name=name,
        short_name=short,
        kind="District",
        nation="England",
        region="London" if "London" in name else "South West",
        ended=ended,
        aliases=aliases,
    )


COUNCILS = (
    _council("CMD", "London Borough of Camden", "Camden"),
    _council("LBH", "London Borough of Lambeth", "Lambeth"),
    _council("BST", "Bristol City Council", "City of Bristol", "Bristol, City of"),
    _council("LDS", "Leeds City Council", "Leeds"),
    _council("LCE", "Leicester City Council", "Leicester"),
    _council("LEC", "Leicestershire County Council", "Leicestershire"),
    _council("KIN", "King's Lynn and West Norfolk Borough Council", "King's Lynn and West Norfolk"),
    _council("HMF", "London Borough of Hammersmith & Fulham", "Hammersmith and Fulham", "LBHF"),
    _council("CRF", "City of Cardiff Council", "Cardiff", "Caerdydd"),
    _council("WSM", "Westminster City Council", "Westminster", "WCC"),
    _council("WIN", "Winchester City Council", "Winchester", "WCC"),
    _council("SMT", "Somerset Council", "Somerset"),
    _council("SOM", "Somerset County Council", "Somerset", ended=date(2023, 3, 31)),
    _council("KET", "Kettering Borough Council", "Kettering", ended=date(2021, 3, 31)),
    _council("NSM", "North Somerset Council", "North Somerset"),
)


@cache
def names() -> Names:
    """The community's names; nobody may change them."""
    return Names(TOOLS, COUNCILS)


@cache
def engine() -> Engine:
    """The engine with every built-in plugin's English."""
    return Engine(load(PLUGINS / plugin / "language", "en") for plugin in SPEAKING)


@cache
def speaking() -> Engine:
    """The engine with every language of every built-in plugin."""
    folders = [PLUGINS / plugin / "language" for plugin in SPEAKING]
    return Engine(load(f, lang) for lang in LANGUAGES for f in folders if (f / f"{lang}.toml").exists())
