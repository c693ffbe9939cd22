"""Abolished bodies lead to those of today, over any number of reforms, and none leads in circles."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.directory import Organisation
from bot.domain.succession import heirs, predecessors


def bodies(**successors: str) -> dict[str, Organisation]:
    """Bodies named by a letter, each with the letters of its successors."""
    ended = date(2023, 4, 1)
    return {
        name: Organisation(name, name, successors=tuple(heirs_), ended=ended if heirs_ else None)
        for name, heirs_ in successors.items()
    }


@pytest.mark.parametrize(
    ("known", "ways"),
    [
        (bodies(a=""), []),
        (bodies(a="b", b=""), ["ab"]),
        (bodies(a="b", b="c", c=""), ["abc"]),
        (bodies(a="b", b="cd", c="", d=""), ["abc", "abd"]),
        (bodies(a="bc", b="d", c="d", d=""), ["abd"]),
        (bodies(a="b", b="a"), []),
        (bodies(a="z"), []),
    ],
    ids=["of today", "replaced", "twice", "split", "split and joined", "a circle", "by whom nobody knows"],
)
def test_who_stands_in_its_place(known: dict[str, Organisation], ways: list[str]) -> None:
    assert ["".join(body.id for body in way) for way in heirs(known, known["a"])] == ways


def test_whose_place_it_took() -> None:
    known = bodies(a="b", b="cd", c="", d="", e="d")
    assert [body.id for body in predecessors(known, known["d"])] == ["a", "b", "e"]
    assert [body.id for body in predecessors(known, known["c"])] == ["a", "b"]
    assert predecessors(known, known["b"]) == []


@given(st.dictionaries(st.sampled_from("abcdef"), st.text("abcdef", max_size=3), min_size=1))
def test_no_register_leads_in_circles_or_to_an_abolished_body(successors: dict[str, str]) -> None:
    known = bodies(**successors)
    for body in known.values():
        for way in heirs(known, body):
            assert len(set(way)) == len(way)
            assert not [heir for heir in way[-1].successors if heir in known]
            assert body in predecessors(known, way[-1])
