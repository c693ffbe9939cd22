"""One call for several requests, as the subject of a message."""

from collections.abc import Iterable


def subject_of(numbers: Iterable[int]) -> str:
    """What the message is about: "calls:12,14"."""
    return f"calls:{','.join(map(str, numbers))}"


def numbers_of(subject: str | None) -> list[int]:
    """The numbers that `subject_of` wrote; none for any other subject."""
    kind, _, numbers = (subject or "").partition(":")
    return [int(number) for number in numbers.split(",") if number.isdigit()] if kind == "calls" else []
