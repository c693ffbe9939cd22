"""The two kinds of error: one is said to a person, one to the operator."""

from bot.events import Phrase


class UserError(Exception):
    """A refusal meant for the person who asked: its phrase is the reply."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(phrase.key)
        self.phrase = phrase


class OperatorError(Exception):
    """Something the operator must mend: its text is one clear line, and the process ends with exit code 1."""
