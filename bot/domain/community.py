"""The community as its operator described it: stewards, rooms, and what is known of single councils."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.directory import Organisation
from bot.domain.hours import WorkingHours
from bot.domain.public_holidays import why_no_holidays
from bot.domain.working_time import Calendar

Span = tuple[date, date]  # of days, from the first to the last


@dataclass(frozen=True)
class Council:
    """What the settings say of one council, over and above the register. Empty means: the community's default."""

    id: str
    homeservers: tuple[str, ...] = ()  # server names that are this body's alone
    people: tuple[str, ...] = ()  # Matrix user ids, in the order they are called
    hours: str = ""  # e.g. "Mon-Fri 09:00-12:30 13:30-17:00", or "always"
    time_zone: str = ""
    nation: str = ""  # whose public holidays count: "England", "Scotland", "FR", "DE-BY", …
    room: str = ""  # where this council is called
    closed: tuple[Span, ...] = ()  # its own closed days
    at_most: int | None = None  # questions in hand at a time
    locked: bool = False  # what is said in chat doesn't change these


@dataclass(frozen=True)
class Community:
    """The community's name, voice and people."""

    name: str = "our community"
    language: str = "en"
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    stewards: tuple[str, ...] = ()
    stewards_room: str = ""
    maintainers_room: str = ""
    help_room: str = ""  # where questions asked in private are put to all
    hours: str = "Mon-Fri 09:00-17:00"
    nation: str = "England"
    closed: tuple[Span, ...] = ()  # days on which the stewards aren't there
    councils: tuple[Council, ...] = ()

    def council(self, organisation_id: str) -> Council:
        """The council's own entry, or an empty one."""
        return next((c for c in self.councils if c.id == organisation_id), Council(organisation_id))

    def calendar(self, organisation: Organisation | None, hours: str = "", closed: Iterable[Span] = ()) -> Calendar:
        """When this organisation is at work; the community's own calendar for None.

        What was said in chat (`hours`, `closed`) counts first unless the council is locked, then what the settings
        say of it, then where the register says it is, then the community's defaults.
        """
        council = self.council(organisation.id) if organisation else Council("", closed=self.closed)
        nation = council.nation or (organisation.nation if organisation else "") or self.nation
        zone = ZoneInfo(council.time_zone) if council.time_zone else self.time_zone
        spans = council.closed if council.locked else (*council.closed, *closed)
        said = "" if council.locked else hours
        return _calendar(said or council.hours or self.hours, zone, nation, self.nation, spans)

    def without_holidays(self, organisations: Iterable[Organisation], year: int) -> dict[str, str]:
        """The nations named in the settings and of these organisations whose public holidays that year aren't known,
        each with why. One that can't be loaded has none; one that nobody knows has the community's.
        """
        named = {self.nation, *(c.nation for c in self.councils), *(o.nation for o in organisations)}
        return {nation: why for nation in sorted(named) if (why := why_no_holidays(nation, year))}

    def by_account(self, user_id: str) -> str | None:
        """The organisation a person surely belongs to: by named account, or a homeserver that is one body's alone."""
        for council in self.councils:
            if user_id in council.people:
                return council.id
        server = user_id.partition(":")[2]
        owners = {c.id for c in self.councils if server in c.homeservers}
        return owners.pop() if len(owners) == 1 else None

    def is_steward(self, user_id: str) -> bool:
        """Whether this person runs the community."""
        return user_id in self.stewards


@lru_cache(maxsize=1024)
def _calendar(hours: str, zone: ZoneInfo, nation: str, fallback: str, spans: tuple[Span, ...]) -> Calendar:
    """Kept, since a calendar remembers its days; a nation without known holidays has the community's."""
    parsed = WorkingHours.parse(hours)
    closed = frozenset(first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1))
    try:
        return Calendar(parsed, zone, nation, closed)
    except ValueError:
        return Calendar(parsed, zone, fallback, closed)
