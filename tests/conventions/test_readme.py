"""The README shows the machine that is there."""

import re
from pathlib import Path

from bot.domain.request import TRANSITIONS, State

ROOT = Path(__file__).parents[2]


def test_its_diagram_is_the_transition_table() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    arrows = re.findall(r"^    (\w+) --> (\w+): ([\w ,]+)$", text, re.MULTILINE)
    drawn = {(state, to, cause) for state, to, causes in arrows for cause in causes.split(", ")}
    table = {(state, to, cause) for state, causes in TRANSITIONS.items() for cause, to in causes.items()}
    assert drawn == {(str(a), str(b), str(c)) for a, b, c in table}
    assert set(TRANSITIONS) == set(State)


def test_what_it_links_to_is_there() -> None:
    for page in (ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")):
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == []


def test_what_the_security_page_appeals_to_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:bot|plugins|tests)/[^`]+)`", text)
    assert len(named) > 5
    assert [path for path in named if not (ROOT / path).exists()] == []
