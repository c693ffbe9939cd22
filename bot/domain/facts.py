"""What the IT department asks of a tool, topic by topic: each fact with its source and its day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256


class Topic(StrEnum):
    """What a fact is about, in the order of a tool's page (PRODUCT.md, section 2)."""

    SUPPORT = "support"
    ACCESSIBILITY = "accessibility"
    DATA = "data"
    LICENCE = "licence"
    HOSTING = "hosting"
    SANDBOX = "sandbox"
    ALTERNATIVES = "alternatives"
    WORKS_WITH = "works_with"
    OTHER = "other"  # a claim that was checked and belongs under none of these


@dataclass(frozen=True)
class Fact:
    """Something found out about a tool. `claim` is what was to be checked, if it began as that; `source` is who
    says so (a register, a page, a council), `stated_on` the day it was said or looked up.
    """

    tool_id: str
    topic: Topic
    text: str
    source: str
    stated_on: date
    source_url: str = ""
    claim: str = ""
    answer_event: str = ""  # the message that said it, so that a redaction takes the fact with it


def fact_id(fact: Fact) -> str:
    """The fact's identity: the same words of the same source on the same day are the same fact."""
    fields = (fact.tool_id, fact.topic, fact.claim, fact.text, fact.source, fact.source_url, fact.stated_on.isoformat())
    return sha256("\x1f".join((*fields, fact.answer_event)).encode()).hexdigest()[:32]


def newest(facts: Iterable[Fact]) -> list[Fact]:
    """One fact a topic, the newest; checked claims that belong to no topic each for itself. In the page's order."""
    found: dict[tuple[Topic, str], Fact] = {}
    for fact in sorted(facts, key=lambda f: f.stated_on):
        found[fact.topic, fact.claim if fact.topic is Topic.OTHER else ""] = fact
    order = list(Topic)
    return sorted(found.values(), key=lambda f: (order.index(f.topic), f.claim))
