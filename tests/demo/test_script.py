"""The demo's scripts: what a line means, and what is said of a line that means nothing."""

from pathlib import Path

import pytest

from bot.demo.community import demo_folder
from bot.demo.script import Act, Expect, Narrate, React, Say, Step, Wait, parse, read
from bot.errors import OperatorError


def steps(*lines: str) -> tuple[Step, ...]:
    return parse(lines, "play.txt").steps


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("ana planning: @clerk who uses PlanX?", Say("ana", "planning", "@clerk who uses PlanX?")),
        ("  ana   planning :  hello: you  ", Say("ana", "planning", "hello: you")),
        ("@Ana #Planning: hello", Say("ana", "planning", "hello")),
        ("j.o-e_2 my-room.1: hi", Say("j.o-e_2", "my-room.1", "hi")),
        ("ben planning > thread: like this", Say("ben", "planning", "like this", in_thread=True)),
        ("ben planning>thread: like this", Say("ben", "planning", "like this", in_thread=True)),
        ("ben planning: > thread: quoted", Say("ben", "planning", "> thread: quoted")),
        ("ben planning react 🙋", React("ben", "planning", "🙋")),
        ("ben planning react 🙋🏽‍♀️", React("ben", "planning", "🙋🏽‍♀️")),
        ("ben planning: react to this", Say("ben", "planning", "react to this")),
        ("wait 2s", Wait(2)),
        ("wait 0.5s", Wait(0.5)),
        ("WAIT 1m", Wait(60)),
        ("== Who uses what? ==", Act("Who uses what?")),
        ("-- Nobody answers.", Narrate("Nobody answers.")),
    ],
)
def test_a_line_is_a_step(line: str, step: Step) -> None:
    assert steps(line) == (step,)


@pytest.mark.parametrize(
    ("line", "pattern", "room", "patience"),
    [
        ('expect "used by \\d+ councils"', r"used by \d+ councils", None, 20),
        ('expect maintainers "Call for"', "Call for", "maintainers", 20),
        ('expect #maintainers "Call for" within 40s', "Call for", "maintainers", 40),
        ('expect "he said "no""', 'he said "no"', None, 20),
        ('expect "a" within 1s', "a", None, 1),
    ],
)
def test_an_expectation(line: str, pattern: str, room: str | None, patience: float) -> None:
    expected = steps("ana planning: hi", line)[-1]
    assert isinstance(expected, Expect)
    assert (expected.pattern.pattern, expected.room, expected.patience, expected.line) == (
        pattern,
        room,
        patience,
        2,
    )


def test_a_dot_also_matches_the_end_of_a_line() -> None:
    expected = steps("ana planning: hi", 'expect "PlanX.*Camden"')[-1]
    assert isinstance(expected, Expect)
    assert expected.pattern.search("PlanX\n· Camden")


def test_comments_and_empty_lines_are_passed_over() -> None:
    assert steps("# a comment", "", "   # another", "ana planning: hi") == (Say("ana", "planning", "hi"),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("just some words", "I can't read “just some words”"),
        ("ana: who uses PlanX?", "I can't read"),
        ("ana planning:   ", "ana says nothing"),
        ("clerk planning: I am the bot", "it is the demo's own account"),
        ("Observer planning react 👀", "it is the demo's own account"),
        ("wait", "how long?"),
        ("wait a while", "not a span of time"),
        ("wait 3d", "longer than an hour"),
        ("wait -2s", "not a span of time"),
        ("expect", "an expectation is written"),
        ('expect ""', "an expectation is written"),
        ("expect PlanX", "an expectation is written"),
        ('expect "(PlanX"', "no regular expression"),
        ('expect "a" within reason', "not a span of time"),
        ("==", "no title"),
        ("--", "no words"),
    ],
)
def test_a_broken_line_is_refused_with_its_number_and_the_reason(line: str, reason: str) -> None:
    with pytest.raises(OperatorError, match=r"play\.txt, line 3: ") as refused:
        steps("# fine", "ana planning: hi", line)
    assert reason in str(refused.value)


def test_an_expectation_before_anybody_spoke_must_name_its_room() -> None:
    with pytest.raises(OperatorError, match="line 1: nobody has said anything yet"):
        steps('expect "hello"')
    assert len(steps('expect planning "hello"')) == 1


def test_an_empty_script_is_refused() -> None:
    with pytest.raises(OperatorError, match="nothing to play"):
        steps("# only this")


def test_people_rooms_and_expectations_are_known_beforehand() -> None:
    script = parse(["ana a: 1", "ben b react 🙋", 'expect c "x"', "ana b: 2", 'expect "y"'], "play.txt")
    assert (script.people, script.rooms, script.expectations) == (("ana", "ben"), ("a", "b", "c"), 2)


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="can't be read"):
        read(tmp_path / "missing.txt")
    with pytest.raises(OperatorError, match="can't be read"):
        read(tmp_path)
    (tmp_path / "latin.txt").write_bytes(b"ana planning: caf\xe9")
    with pytest.raises(OperatorError, match="not UTF-8"):
        read(tmp_path / "latin.txt")


def test_a_file_made_on_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / "play.txt").write_bytes("\ufeffana planning: hi\r\nwait 1s\r\n".encode())
    assert read(tmp_path / "play.txt").steps == (Say("ana", "planning", "hi"), Wait(1))


def test_the_built_in_conversation_shows_all_four_jobs() -> None:
    script = read(demo_folder() / "conversation.txt")
    assert {"planning", "maintainers", "stewards", "digest"} <= set(script.rooms)
    assert script.expectations >= 15


def test_the_documented_example_can_be_played() -> None:
    page = (Path(__file__).parents[2] / "docs" / "demo.md").read_text(encoding="utf-8")
    example = page.partition("## Writing a script")[2].split("```")[1]
    assert parse(example.splitlines(), "docs/demo.md").expectations == 2
