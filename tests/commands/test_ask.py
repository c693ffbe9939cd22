"""`townclerk ask`, by its contract (PRODUCT.md, the command line's contract)."""

import json
from typing import Any

import pytest

from tests.commands.conftest import Shell


def asked(shell: Shell, text: str, *options: str) -> dict[str, Any]:
    """The JSON object on stdout, which holds nothing else."""
    done = shell.townclerk("ask", text, "--json", *options)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("tool", ["PlanX", "LocalGov Drupal", "FixMyStreet", "BOPS"])
def test_the_starter_register_answers_real_questions(filled: Shell, tool: str) -> None:
    answer = asked(filled, f"who uses {tool}?")
    assert answer["intent"] == "who_uses"
    assert answer["tool"]["name"] == tool
    assert len(answer["uses"]) >= 10
    assert set(answer["uses"][0]) >= {"organisation", "organisation_id", "status", "since", "grade", "confirmed_on"}
    assert tool in answer["reply"]["body"]


def test_an_unknown_name_is_repeated_as_typed(filled: Shell) -> None:
    answer = asked(filled, "who uses Zorblax-9?")
    assert answer["intent"] == "unknown_tool"
    assert answer["tool"] is None
    assert "I don't know a tool called Zorblax-9." in answer["reply"]["body"]


def test_an_ambiguous_council_comes_with_its_choices(filled: Shell) -> None:
    answer = asked(filled, "what does WCC use?")
    assert answer["organisation"] is None
    assert len(answer["choices"]) == 4


def test_what_would_change_something_is_understood_but_not_done(filled: Shell) -> None:
    answer = asked(filled, "we use PlanX", "--as", "@ana:example.org")
    assert (answer["intent"], answer["tool"]["id"], answer["reply"]) == ("we_use", "planx", None)


def test_overheard_chatter_is_not_answered(filled: Shell) -> None:
    answer = asked(filled, "see you at lunch", "--overheard")
    assert (answer["intent"], answer["reply"]) == ("none", None)


def test_a_database_that_isnt_there_is_an_empty_register_and_stays_away(shell: Shell) -> None:
    assert asked(shell, "who uses PlanX?")["intent"] == "unknown_tool"
    assert list(shell.folder.iterdir()) == []


def test_without_json_the_answer_is_words(filled: Shell) -> None:
    done = filled.townclerk("ask", "what is BOPS?")
    assert done.stdout.startswith("BOPS – ")
