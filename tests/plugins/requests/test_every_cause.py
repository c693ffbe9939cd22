"""Whatever moves a request has its words: in the history, in the thread and for those who watch."""

import pytest

from bot.domain.request import Cause, State
from plugins.requests.watching import ASKED_BACK, TOLD
from tests.conventions.test_house import ROOT, catalogue

KNOWN = catalogue(ROOT / "plugins" / "requests")
SAID_NOWHERE = {Cause.ASKER_WROTE, Cause.QUESTION_BACK, Cause.ROOM_LEFT}  # the people said it, or nobody can be told


def _key(kind: str, cause: str) -> str:
    return f"requests.{kind}_{cause.replace(' ', '_')}"


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_its_words(cause: Cause) -> None:
    kinds = ["step"]
    if cause in TOLD | ASKED_BACK:
        kinds.append("told")
    if cause not in SAID_NOWHERE:
        kinds.append("done")
    assert [_key(kind, cause) for kind in kinds if _key(kind, cause) not in KNOWN] == []


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_words(state: State) -> None:
    assert {_key("is", state), _key("type", state), _key("state", state)} <= KNOWN
