"""Cells that a spreadsheet would run as a formula: made harmless on the way out, restored on the way in."""

import re

# Also the full-width forms, which some spreadsheets read alike; a mark before them must not make them ours.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it and never runs it: with an apostrophe before what could be a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """The cell as it was before `harmless`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
