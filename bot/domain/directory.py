"""Organisations, tools and the dated assertions between them; who uses what is computed, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256


class Status(StrEnum):
    """How far a use has come."""

    EVALUATION = "evaluation"
    PILOT = "pilot"
    PRODUCTION = "production"
    RETIRED = "retired"


class Relation(StrEnum):
    """What an assertion says of an organisation and a tool."""

    USES = "uses"
    MAINTAINS = "maintains"  # answers questions about it, and is called when one waits


class Grade(StrEnum):
    """How an assertion is known, best first (PRODUCT.md, section 2)."""

    CONFIRMED = "confirmed"  # by the body itself, from a verified account or homeserver
    MAINTAINER = "maintainer"  # by the tool's maintainers
    IMPORTED = "imported"  # from a register or file, with evidence
    OBSERVED = "observed"  # seen in passing, or without evidence
    UNVERIFIED = "unverified"  # said by somebody whose belonging nobody has verified


@dataclass(frozen=True)
class Organisation:
    """A public body. `id` is its canonical CURIE (`local-authority:CMD`)."""

    id: str
    name: str
    short_name: str = ""
    kind: str = ""  # e.g. "London borough"
    nation: str = ""  # e.g. "England"
    region: str = ""  # e.g. "London"
    website: str = ""
    ended: date | None = None
    successors: tuple[str, ...] = ()  # the ids of the bodies that took over
    aliases: tuple[str, ...] = ()
    other_ids: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people call it in a sentence."""
        return self.short_name or self.name


@dataclass(frozen=True)
class Tool:
    """A tool that councils share. `id` is a slug; `repository` the normalised URL that identifies it."""

    id: str
    name: str
    description: str = ""
    category: str = ""
    repository: str = ""
    licence: str = ""
    website: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assertion:
    """Somebody said, on a day, that an organisation uses (no longer uses, maintains, …) a tool. Never changed."""

    organisation_id: str
    tool_id: str
    relation: Relation
    status: Status
    grade: Grade
    asserted_on: date
    since: str = ""  # ISO 8601, as precise as is known: "2022", "2022-03", "2022-03-01"
    said_by: str = ""  # a Matrix user id, or the name of the source
    evidence_url: str = ""
    said_at: datetime | None = None  # the instant, if it was said in chat: the last word of a day counts


@dataclass(frozen=True)
class Usage:
    """What the assertions about one organisation, tool and relation add up to."""

    organisation_id: str
    tool_id: str
    relation: Relation
    status: Status
    grade: Grade
    since: str
    confirmed_on: date
    said_by: str
    evidence_url: str
    disputed: Assertion | None = None  # the newest that says otherwise, if it is worth showing


@dataclass(frozen=True)
class Entry:
    """A use (or a maintaining) as it was last confirmed: said anew, it is another one."""

    organisation_id: str
    tool_id: str
    relation: Relation
    confirmed_on: date


class Age(StrEnum):
    """How far a usage may be trusted to be still true."""

    CONFIRMED = "confirmed"
    STALE = "stale"
    UNKNOWN = "unknown"


def assertion_id(assertion: Assertion) -> str:
    """The assertion's identity: all that it says, who says it and when. The same words are the same assertion."""
    said_at = assertion.said_at.isoformat() if assertion.said_at else ""
    fields = (
        assertion.organisation_id,
        assertion.tool_id,
        assertion.relation,
        assertion.status,
        assertion.grade,
        assertion.asserted_on.isoformat(),
        assertion.since,
        assertion.said_by,
        assertion.evidence_url,
        *([said_at] if said_at else []),
    )
    return sha256("\x1f".join(fields).encode()).hexdigest()[:32]


STALE_AFTER = timedelta(days=365)
UNKNOWN_AFTER = timedelta(days=730)


def age_of(usage: Usage, today: date, stale: timedelta = STALE_AFTER, unknown: timedelta = UNKNOWN_AFTER) -> Age:
    """How old the last word on it is: an entry that nobody renews is no longer taken for true."""
    since = today - usage.confirmed_on
    return Age.CONFIRMED if since <= stale else Age.STALE if since <= unknown else Age.UNKNOWN


_BY_TRUST = list(Grade)


def trust(grade: Grade) -> int:
    """0 for the best grade, growing with doubt."""
    return _BY_TRUST.index(grade)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _order(said: Assertion) -> tuple[date, int, datetime]:
    return said.asserted_on, -trust(said.grade), said.said_at or _NEVER


def usages(assertions: Iterable[Assertion]) -> list[Usage]:
    """The present state of each (organisation, tool, relation), and whether somebody says otherwise.

    The latest assertion decides, and of one day's the better known. But a body knows best what it uses itself: its
    own confirmed word stands against what others say later, until it is too old to say anything (`UNKNOWN_AFTER`).
    What nobody verified never overrides what was known better.
    """
    by_use: dict[tuple[str, str, Relation], list[Assertion]] = {}
    for said in assertions:
        by_use.setdefault((said.organisation_id, said.tool_id, said.relation), []).append(said)
    return [_usage(sorted(said, key=_order)) for said in by_use.values()]


def _usage(said: list[Assertion]) -> Usage:
    """What the assertions about one use add up to; `said` is oldest first."""
    deciding, begun = said[0], 0
    for at, later in enumerate(said):
        if _overrides(later, deciding):
            deciding = later
        if deciding.status is Status.RETIRED:
            begun = at + 1  # a use that ended has no start any more, nor has the next one that start
    latest = {a.said_by: a for a in said}
    return Usage(
        organisation_id=deciding.organisation_id,
        tool_id=deciding.tool_id,
        relation=deciding.relation,
        status=deciding.status,
        grade=deciding.grade,
        since=next((a.since for a in reversed(said[begun:]) if a.since and _counts(a, deciding)), ""),
        confirmed_on=deciding.asserted_on,
        said_by=deciding.said_by,
        evidence_url=deciding.evidence_url,
        disputed=next((a for a in reversed(said) if latest[a.said_by] is a and _disputes(a, deciding)), None),
    )


def _overrides(later: Assertion, known: Assertion) -> bool:
    if later.grade is Grade.UNVERIFIED and known.grade is not Grade.UNVERIFIED:
        return False
    own = known.grade is Grade.CONFIRMED and later.grade is not Grade.CONFIRMED
    return not own or later.asserted_on - known.asserted_on > UNKNOWN_AFTER


def _counts(said: Assertion, deciding: Assertion) -> bool:
    return said.grade is not Grade.UNVERIFIED or deciding.grade is Grade.UNVERIFIED


def _disputes(other: Assertion, deciding: Assertion) -> bool:
    """Whether this, its author's last word, contradicts what decides and isn't long past."""
    if (other.status is Status.RETIRED) == (deciding.status is Status.RETIRED) or other.said_by == deciding.said_by:
        return False
    if other.asserted_on > deciding.asserted_on:
        return True
    # An older word only stands against a newer one if both were said almost at once.
    return deciding.asserted_on - other.asserted_on <= CONTRADICTED_WITHIN and _counts(other, deciding)


CONTRADICTED_WITHIN = timedelta(days=7)
