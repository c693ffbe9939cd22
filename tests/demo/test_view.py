"""What the demo's screen shows of a message."""

from contextlib import AsyncExitStack
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.demo.community import read_community
from bot.demo.synapse import Synapse
from bot.demo.town import Town
from bot.demo.view import View, what_changed
from bot.demo.watching import Seen

CARD = "🆘 Help request #1 about PlanX, asked by ana\nOpen: nobody has taken it yet.\nTo answer, write."


@pytest.fixture
def screen(tmp_path: Path) -> View:
    town = Town(read_community(), Synapse(tmp_path), "", AsyncExitStack())
    town.people = {f"@{person.localpart}:localhost": person for person in town.community.people}
    town.titles = {"!p": "#digital-planning"}
    view = View(Console(file=StringIO(), width=80, highlight=False, markup=False, emoji=False))
    view.raise_curtain(town)
    return view


def shown(view: View) -> str:
    assert isinstance(view.console.file, StringIO)
    return view.console.file.getvalue()


def test_a_persons_words_come_with_name_council_and_room(screen: View) -> None:
    screen.told(Seen("$1", "!p", "@ana:localhost", "who [bold]uses[/] :smile: this?"))
    assert shown(screen) == "\nana · Camden  #digital-planning\n  who [bold]uses[/] :smile: this?\n"


def test_a_card_is_shown_whole_and_then_only_where_it_stands(screen: View) -> None:
    screen.told(Seen("$1", "!p", "@clerk:localhost", CARD))
    new = CARD.replace("Open: nobody has taken it yet.", "Taken by ben.").replace("To answer", "Ben: answer")
    screen.told(Seen("$2", "!p", "@clerk:localhost", new, replaces="$1"))
    assert "│ Open: nobody" in shown(screen)
    assert shown(screen).endswith("\n  ◇ card updated  #digital-planning\n  │ Taken by ben.\n")


def test_a_call_shows_whom_it_mentions(screen: View) -> None:
    screen.told(Seen("$1", "!p", "@clerk:localhost", "Call", mentions=("@ben:localhost",)))
    assert "◆ Town Clerk  #digital-planning  → ben · Lambeth" in shown(screen)


def test_addresses_for_clients_are_not_shown(screen: View) -> None:
    screen.told(Seen("$1", "!p", "@clerk:localhost", "see #1 (https://matrix.to/#/!p/$1?via=localhost)."))
    assert "│ see #1." in shown(screen)


def test_what_was_typed_here_is_not_shown_again(screen: View) -> None:
    screen.is_typed("@ana:localhost", "hello")
    screen.told(Seen("$1", "!p", "@ana:localhost", "hello"))
    assert shown(screen) == ""
    screen.told(Seen("$2", "!p", "@ana:localhost", "hello"))
    assert "hello" in shown(screen)


def test_a_card_whose_state_did_not_change_still_says_where_it_stands() -> None:
    assert what_changed(CARD, CARD) == ["Open: nobody has taken it yet."]
    assert what_changed("one\ntwo", "one") == ["two"]
