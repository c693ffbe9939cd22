"""One line of an import, whatever the format it came in: a use as stated, or what is wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UseRow:
    """What a file says of one organisation and one tool, in its own words; dates are ISO 8601 or empty."""

    line: int
    organisation: str
    tool: str
    organisation_id: str = ""
    since: str = ""
    until: str = ""
    asserted_on: str = ""
    status: str = ""
    relation: str = ""
    grade: str = ""
    evidence_url: str = ""
    source: str = ""
    kind: str = ""
    nation: str = ""
    region: str = ""


@dataclass(frozen=True)
class BrokenRow:
    """A line that says nothing usable, and why; the others are not held up by it."""

    line: int
    reason: str
