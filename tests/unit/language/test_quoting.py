"""What a person says themselves, without what they quote or show as code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.quoting import said

MARKS = st.text(alphabet="`~> \na1", max_size=200)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("resolve #12", "resolve #12"),
        ("  resolve #12 \n", "resolve #12"),
        ("> resolve #12", ""),
        ("> resolve #12\nno, not yet", "no, not yet"),
        ("   > take\n>take\n\nwho takes it?", "who takes it?"),
        ("5 > 3", "5 > 3"),
        ("```\nresolve\n```", ""),
        ("try this:\n```sh\nwithdraw\n```\nand tell us", "try this:\nand tell us"),
        ("~~~\ntake\n~~~\nthanks", "thanks"),
        ("```\ntake\n~~~\nstill code", ""),
        ("```\nnever closed\n\nresolve", ""),
        ("````\n```\ntake\n````\nthanks", "thanks"),
        ("```\n> quoted in code\n``` not its end\n```\nthanks", "thanks"),
        ("> ```\nresolve", "resolve"),
        ("a ` alone", "a ` alone"),
        ("one `\n\n` two", "one `\n\n` two"),
        ("", ""),
        (">", ""),
        ("```", ""),
    ],
)
@pytest.mark.parametrize("addressed", [True, False])
def test_quotes_and_blocks_of_code_are_left_out(text: str, own: str, addressed: bool) -> None:
    assert said(text, addressed=addressed) == own


@pytest.mark.parametrize(
    ("text", "overheard", "addressed"),
    [
        ("`resolve #12`", "", "resolve #12"),
        ("type `take` to claim it", "type  to claim it", "type take to claim it"),
        ("``a ` b`` c", "c", "a ` b c"),
        ("```take```", "", "take"),
        ("`take` `pass", "`pass", "take `pass"),
        ("> `take`\n`pass`", "", "pass"),
    ],
)
def test_code_in_a_line_is_a_command_only_where_we_are_spoken_to(text: str, overheard: str, addressed: str) -> None:
    assert said(text, addressed=False) == overheard
    assert said(text, addressed=True) == addressed


@given(st.text(alphabet=st.characters(exclude_characters="`~>")), st.booleans())
def test_what_has_no_marks_stays(text: str, addressed: bool) -> None:
    assert said(text, addressed=addressed).split() == text.split()


@given(MARKS, st.booleans())
def test_nothing_quoted_or_fenced_is_left(text: str, addressed: bool) -> None:
    own = said(f"{text}\n\n~~~~~~~~~~~~\n> SECRET\n", addressed=addressed)
    assert "SECRET" not in own
    assert len(own) <= len(text)


@given(MARKS)
def test_what_is_overheard_is_part_of_what_is_addressed(text: str) -> None:
    letters = [said(text, addressed=addressed).replace("`", "") for addressed in (False, True)]
    remaining = iter(letters[1])
    assert all(letter in remaining for letter in letters[0] if not letter.isspace())


@pytest.mark.parametrize(
    "text",
    [
        "`" * 100_000,
        "` " * 50_000,
        "".join("`" * (1 + at % 400) + " " for at in range(1_000)),
        "``` " * 25_000,
        "```\n" * 25_000,
        "> " * 50_000,
        "~~~\n" + "> ` \n" * 20_000,
        "\n \n" * 30_000 + "`",
        " " * 100_000 + ">",
    ],
)
@pytest.mark.parametrize("addressed", [True, False])
def test_absurd_texts_are_read_like_others(text: str, addressed: bool) -> None:
    assert len(said(text, addressed=addressed)) <= len(text)
