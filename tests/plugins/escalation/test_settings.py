"""Ladders that can't be climbed are refused when they are set, in words that help."""

from typing import Any

import pytest

from bot.errors import OperatorError
from bot.features import install
from plugins.escalation.settings import EscalationSettings

STEP = {"ask": "stewards", "after": "1h"}


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ({"ladder": []}, "a ladder needs at least one step"),
        ({"tools": {"planx": []}}, "a ladder needs at least one step"),
        ({"categories": {"planning": []}}, "a ladder needs at least one step"),
        ({"ladder": [STEP] * 21}, "20 steps at most"),
        ({"ladder": [{"ask": "stewards", "after": "400d"}]}, "no time to wait"),
        ({"ladder": [{"ask": "stewards", "after": "-1h"}]}, "not a span of time"),
        ({"ladder": [{"ask": "stewards", "after": "soon"}]}, "not a span of time"),
        ({"ladder": [{"ask": "everybody", "after": "1h"}]}, "maintainers"),
        ({"repeats": 4}, "repeats"),
        ({"repeats": -1}, "repeats"),
        ({"recall_after": "99d"}, "no time to wait"),
        ({"recall": "1h"}, "recall"),
    ],
)
def test_what_makes_no_ladder_is_refused(section: dict[str, Any], says: str) -> None:
    with pytest.raises(OperatorError, match=says):
        install({"escalation": section})


def test_without_one_it_is_the_usual_ladder() -> None:
    assert [rung.ask for rung in EscalationSettings().ladder_for("planx").rungs] == [
        "maintainer", "maintainer", "users", "stewards",
    ]  # fmt: skip


def test_a_tools_own_ladder_goes_before_its_categorys_and_that_before_the_communitys() -> None:
    other = {"ask": "maintainer", "after": "1h"}
    settings = EscalationSettings.model_validate(
        {"ladder": [STEP], "tools": {"planx": [other]}, "categories": {"Planning": [STEP, other]}, "repeats": 2}
    )
    assert len(settings.ladder_for("bops", "planning").rungs) == 2
    assert settings.ladder_for("planx", "planning").rungs[0].ask == "maintainer"
    assert settings.ladder_for("decidim", "participation").rungs[0].ask == "stewards"
    assert settings.ladder_for("decidim").repeats == 2
