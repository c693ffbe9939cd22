"""The kinds of error: one is said to a person, one to the operator, one only puts a message off."""

from bot.actions import Option
from bot.words import Phrase


class UserError(Exception):
    """A refusal meant for the person who asked: its phrase is the reply."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(phrase.key)
        self.phrase = phrase


class Unsettled(UserError):
    """A name that may stand for several: the choice is asked for, and the sentence is heard again with it.

    `remembered` choices hold for the room from then on; the others (a slip of the keyboard) for this once.
    """

    def __init__(self, phrase: Phrase, kind: str, typed: str, options: tuple[Option, ...], remembered: bool) -> None:
        super().__init__(phrase)
        self.kind = kind  # "tool" or "organisation"
        self.typed = typed
        self.options = options
        self.remembered = remembered


class OperatorError(Exception):
    """Something the operator must mend: its text is one clear line, and the process ends with exit code 1."""


class StoreError(OperatorError):
    """The database failed (full, damaged, gone), not who asked: its transaction is undone, nothing counts as done."""


class NotLearnt(Exception):
    """A message may be in a language that is being learnt: nothing counts as done, it is thought about after that."""
