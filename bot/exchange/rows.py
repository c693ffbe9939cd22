"""What is read from an import, whatever its format: uses as stated, what is said of tools, and what is wrong."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.facts import Topic
from bot.exchange.repository import name_in


class Kind(StrEnum):
    """The kinds of file that are read."""

    USES = "CSV"
    PUBLICCODE = "publiccode.yml"
    CATALOGUE = "catalogue page"
    OPENCATALOGI = "openCatalogi.yaml"
    USAGE = "publiccode-usage.json"


@dataclass(frozen=True)
class UseRow:
    """What a file says of one organisation and one tool, in its own words; dates are ISO 8601 or empty."""

    line: int
    organisation: str
    tool: str
    organisation_id: str = ""
    tool_id: str = ""
    repository: str = ""  # of the tool, normalised
    website: str = ""  # of the organisation
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

    @property
    def called(self) -> str:
        """The tool's name; made of its repository if the file has that alone and `tool` is empty."""
        return self.tool or name_in(self.repository)


@dataclass(frozen=True)
class BrokenRow:
    """A line that says nothing usable, and why; the others are not held up by it. `words` is what stands there."""

    line: int
    reason: str
    words: UseRow | None = field(default=None, compare=False)


@dataclass(frozen=True)
class StatedFact:
    """A file's word on one topic of a tool's page."""

    topic: Topic
    text: str


@dataclass(frozen=True)
class StatedTool:
    """What a file says of a tool, whether or not it names anybody who uses it."""

    line: int
    name: str
    repository: str = ""
    source: str = ""
    website: str = ""
    licence: str = ""
    description: str = ""
    category: str = ""
    aliases: tuple[str, ...] = ()
    facts: tuple[StatedFact, ...] = ()
    other_repositories: tuple[str, ...] = ()  # where it was, or is mirrored


@dataclass(frozen=True)
class Contents:
    """All that a file says, and what a person should know about how it was read."""

    kind: Kind
    rows: tuple[UseRow | BrokenRow, ...]
    tools: tuple[StatedTool, ...] = ()
    notes: tuple[str, ...] = ()
    following: str = ""  # the address of the next page, if there is one
    counted_in: str = "line"  # what the rows' numbers count: "line", or "entry" where lines mean nothing
