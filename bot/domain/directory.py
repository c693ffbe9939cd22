"""Organisations, tools and the dated assertions between them; who uses what is computed, never stored."""

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
    successor: str | None = None  # the id of the body that took over
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

_BY_TRUST = list(Grade)


def trust(grade: Grade) -> int:
    """0 for the best grade, growing with doubt."""
    return _BY_TRUST.index(grade)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _age(said: Assertion) -> tuple[date, int, datetime]:
    return said.asserted_on, -trust(said.grade), said.said_at or _NEVER


def usages(assertions: list[Assertion]) -> list[Usage]:
    """The present state of each (organisation, tool, relation): the latest assertion decides, and of one
    day's the better known; what nobody verified never overrides what was known better.
    """
    latest: dict[tuple[str, str, Relation], Assertion] = {}
    since: dict[tuple[str, str, Relation], str] = {}
    for said in sorted(assertions, key=_age):
        key = (said.organisation_id, said.tool_id, said.relation)
        known = latest.get(key)
        if known and said.grade is Grade.UNVERIFIED and known.grade is not Grade.UNVERIFIED:
            continue
        latest[key] = said
        if said.since:
            since[key] = said.since
    return [
        Usage(
            organisation_id=a.organisation_id,
            tool_id=a.tool_id,
            relation=a.relation,
            status=a.status,
            grade=a.grade,
            since=since.get(key, ""),
            confirmed_on=a.asserted_on,
            said_by=a.said_by,
            evidence_url=a.evidence_url,
        )
        for key, a in latest.items()
    ]
