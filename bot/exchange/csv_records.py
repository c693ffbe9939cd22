"""A CSV file in any of the dialects that spreadsheets write, as records with their line numbers."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

MOST_LINES = 50  # of one record: a quote still open after so many was forgotten
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Record:
    """The fields of one record and the line it begins on, or what is wrong with that line."""

    line: int
    fields: tuple[str, ...] = ()
    reason: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is written there."""
        return not self.reason and not any(field.strip() for field in self.fields)


def read_records(text: str) -> Iterator[Record]:
    """The header and then every record that isn't blank."""
    lines = io.StringIO(text, newline="").readlines()
    start = 1 if lines and lines[0].casefold().startswith("sep=") else 0
    header = next((line for line in lines[start:] if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header.count)
    records = _records(lines, start, delimiter)
    return (record for record in records if not record.blank)


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[Record]:
    """One record after another; after a broken one, reading goes on with the line below its first."""
    width, at = 0, start
    while at < len(lines):
        record, taken = _record(lines, at, delimiter)
        if taken > 1 and width and len(record.fields) != width:
            record, taken = Record(at + 1, reason="a quote is opened and not closed"), 1
        if not width and not record.blank:
            width = len(record.fields)
        yield record
        at += taken


def _record(lines: list[str], at: int, delimiter: str) -> tuple[Record, int]:
    """The record that begins on this line, and how many lines it takes; strictly first, then as it may be."""
    reason = ""
    for strict in (True, False):
        reader = csv.reader(iter(lines[at : at + MOST_LINES]), delimiter=delimiter, strict=strict)
        try:
            fields = tuple(next(reader))
        except csv.Error as error:
            reason = str(error)
            if "unexpected end" in reason:
                return Record(at + 1, reason="a quote is opened and not closed"), 1
            continue
        if strict or reader.line_num == 1:
            return Record(at + 1, fields), reader.line_num
    return Record(at + 1, reason=f"not CSV ({reason})"), 1
