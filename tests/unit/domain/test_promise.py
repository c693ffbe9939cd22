"""What was promised is kept with its request and read back, also as it was written before promises could move."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.promise import PromiseNote

words = st.lists(st.text(), max_size=3).map(tuple)
instants = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)))
notes = st.builds(
    PromiseNote,
    st.sampled_from(["", "maintainer", "maintainers", "users", "stewards"]),
    st.text(),
    instants,
    st.integers(0, 9),
    *(words, words, words),
    st.lists(st.tuples(st.text(), st.sampled_from(["away", "hands_full", "never_open"])), max_size=3).map(tuple),
    instants,
    st.sampled_from(["", "closed", "hours", "away"]),
)


@given(notes)
def test_a_promise_comes_back_as_it_went(note: PromiseNote) -> None:
    assert PromiseNote.from_json(note.to_json()) == note


def test_no_promise_is_an_empty_text() -> None:
    assert PromiseNote.from_json("") is None


@pytest.mark.parametrize("at", [None, datetime(2026, 5, 5, 8, tzinfo=UTC)])
def test_a_promise_kept_before_promises_moved_is_read(at: datetime | None) -> None:
    written = f'"{at.isoformat()}"' if at else "null"
    kept = (
        f'{{"ask": "maintainer", "organisation_id": "local-authority:LBH", "at": {written}, "rung": 1, '
        '"called": ["local-authority:CMD"], "skipped": ["users"], "closed": ["May Day"]}'
    )
    assert PromiseNote.from_json(kept) == PromiseNote(
        "maintainer", "local-authority:LBH", at, 1, ("local-authority:CMD",), ("users",), ("May Day",)
    )
