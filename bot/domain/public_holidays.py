"""The public holidays of a nation or region, by the `holidays` library."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

_UNITED_KINGDOM = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}
_CODE = re.compile(r"(?P<country>[A-Z]{2})(?:-(?P<part>.+))?")


@lru_cache(maxsize=1024)
def public_holidays(nation: str, year: int) -> Mapping[date, str]:
    """A nation's public holidays in a year, named in its own language.

    The United Kingdom's nations go by name, others by ISO code: "IE", "FR", "DE-BY"; "" has no holidays.
    """
    if not nation:
        return MappingProxyType({})
    if nation in ("GB", "UK"):  # the library would leave out each nation's own days
        raise ValueError(f"“{nation}” has no holidays of its own; say {', '.join(_UNITED_KINGDOM)}")
    code = _CODE.fullmatch(f"GB-{_UNITED_KINGDOM[nation]}" if nation in _UNITED_KINGDOM else nation)
    if not code:
        raise ValueError(_unknown(nation))
    country, part = code["country"], code["part"]
    try:
        # Left to itself the library speaks the process's LANGUAGE: another name on another machine.
        language = holidays.country_holidays(country, subdiv=part).default_language
        days = holidays.country_holidays(country, subdiv=part, years=year, language=language)
    except (NotImplementedError, AttributeError):
        raise ValueError(_unknown(nation)) from None
    return MappingProxyType(dict(days))


def _unknown(nation: str) -> str:
    known = ", ".join(_UNITED_KINGDOM)
    return f"I know no public holidays of “{nation}”; say {known}, or a code like IE, FR, DE or DE-BY"
