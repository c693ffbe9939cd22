"""What may be told of where a statement comes from: its source and licence, and never a person."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from bot.domain.directory import Assertion, Grade, Usage
from bot.errors import OperatorError
from bot.exchange.persons import names_a_person
from bot.exchange.register import starter_folder
from bot.exchange.text import cleaned

THE_BODY = "the body itself"
A_MEMBER = "a member of the community"
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Terms:
    """Whose export this is, of when, and under which licence each part of it stands."""

    community: str
    licence: str  # of what people of the community said
    sources: Mapping[str, str]  # the licence of each source that has one of its own
    now: datetime

    @property
    def stated_licence(self) -> str:
        """The community's licence in words."""
        return self.licence or NOT_STATED

    def source(self, said: Assertion | Usage) -> str:
        """Who says so: a source by its name, a person only as what they are to the body."""
        if names_a_person(said.said_by):
            return THE_BODY if said.grade is Grade.CONFIRMED else A_MEMBER
        return cleaned(said.said_by)

    def licence_of(self, said: Assertion | Usage) -> str:
        """The licence of this statement."""
        source = self.source(said)
        own = source in (THE_BODY, A_MEMBER)
        return self.stated_licence if own else self.sources.get(source, NOT_STATED)

    def evidence(self, said: Assertion | Usage) -> str:
        """Where it can be seen, unless the address itself names a person."""
        return "" if names_a_person(unquote(said.evidence_url)) else said.evidence_url


def hides_a_person(said: Assertion) -> bool:
    """Whether a person's name stands behind what is told of this statement."""
    return names_a_person(said.said_by)


def starter_licences() -> dict[str, str]:
    """The licences of the starter register's sources, by the names its uses have them under."""
    path = starter_folder() / "licences.toml"
    try:
        return {str(source): str(licence) for source, licence in tomllib.loads(path.read_text("utf-8")).items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OperatorError(f"{path}: can't be read ({error})") from error
