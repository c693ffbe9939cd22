"""What makes an imported assertion the same assertion: repeated imports add nothing."""

from dataclasses import replace
from datetime import date

from bot.domain.directory import Assertion, assertion_id

UNDATED = date.min


def undated_id(assertion: Assertion) -> str:
    """The identity of one whose file gives no date: the day of the import is not part of it."""
    return assertion_id(replace(assertion, asserted_on=UNDATED))
