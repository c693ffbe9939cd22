"""The public holidays of a nation or region, by the `holidays` library; none where it can't tell them."""

import re
import sys
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import MappingProxyType, ModuleType

_UNITED_KINGDOM = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}
_COUNTRIES = "holidays.countries"
_CODE = re.compile(r"(?P<country>[A-Z]{2})(?:-(?P<part>.+))?")


def public_holidays(nation: str, year: int) -> Mapping[date, str]:
    """A nation's public holidays in a year, named in its own language; none if they can't be loaded.

    The United Kingdom's nations go by name, others by ISO code: "IE", "FR", "DE-BY"; "" has no holidays. Raises
    ValueError for a nation that nobody knows.
    """
    return _looked_up(nation, year)[0]


def why_no_holidays(nation: str, year: int) -> str:
    """What keeps us from knowing this nation's holidays in that year; empty if nothing does."""
    try:
        return _looked_up(nation, year)[1]
    except ValueError as error:
        return str(error)


@lru_cache(maxsize=1024)
def _looked_up(nation: str, year: int) -> tuple[Mapping[date, str], str]:
    """The holidays, and why there are none."""
    if not nation:
        return MappingProxyType({}), ""
    if nation in ("GB", "UK"):  # the library would leave out each nation's own days
        raise ValueError(f"“{nation}” has no holidays of its own; say {', '.join(_UNITED_KINGDOM)}")
    code = _CODE.fullmatch(f"GB-{_UNITED_KINGDOM[nation]}" if nation in _UNITED_KINGDOM else nation)
    if not code:
        raise ValueError(_unknown(nation))
    try:
        days = _load(code["country"], code["part"], year)
    except Exception as error:  # noqa: BLE001  whatever is wrong with the library, councils still have their weekdays
        if isinstance(error, NotImplementedError) and nation not in _UNITED_KINGDOM:
            raise ValueError(_unknown(nation)) from None
        return MappingProxyType({}), f"the holidays library failed: {type(error).__name__}: {error}"
    return MappingProxyType(days), "" if days else f"the holidays library has none for {year}"


def _load(country: str, part: str | None, year: int) -> dict[date, str]:
    library = _library()
    # Left to itself the library speaks the process's LANGUAGE: another name on another machine.
    language = library.country_holidays(country, subdiv=part).default_language
    return dict(library.country_holidays(country, subdiv=part, years=year, language=language))


def _library() -> ModuleType:
    """Only now: when it is broken, the bot still starts. The package of the countries stands empty: filled by itself it
    imports two hundred of them (8 MB), and the library imports by name the one it is asked for.
    """
    library = import_module("holidays")
    if _COUNTRIES not in sys.modules and (spec := find_spec(_COUNTRIES)):
        sys.modules[_COUNTRIES] = module_from_spec(spec)
    return library


def _unknown(nation: str) -> str:
    known = ", ".join(_UNITED_KINGDOM)
    return f"I know no public holidays of “{nation}”; say {known}, or a code like IE, FR, DE or DE-BY"
