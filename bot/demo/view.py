"""The demo on a terminal: who says what, where; what is expected, and whether it came."""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.text import Text

from bot.demo.script import Expect
from bot.demo.town import Town
from bot.demo.watching import Seen

WIDE = 100  # where there is no terminal to ask
COLOURS = ("cyan", "magenta", "blue", "yellow", "bright_cyan", "bright_magenta", "bright_blue")
BOT_COLOUR = "green"
HEARD_AT_MOST = 300
_LINK = re.compile(r" ?\(https://matrix\.to/[^)\s]*\)")  # for clients, not for eyes


def make_console() -> Console:
    """A console that also reads well in a file."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(highlight=False, markup=False, emoji=False, width=WIDE)
    return console


class View:
    """Shows what the observer sees, once the curtain is up."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.town: Town | None = None  # none before the curtain
        self.beside: Callable[[], AbstractContextManager[object]] = nullcontext  # what guards a line being typed
        self._texts: dict[str, str] = {}
        self._typed: list[tuple[str, str]] = []

    # --- the frame -----------------------------------------------------------------------------------

    def busy(self, what: str) -> AbstractContextManager[object]:
        """A sign of life while something takes a while; nothing where there is no terminal."""
        return self.console.status(what) if self.console.is_terminal else nullcontext()

    def raise_curtain(self, town: Town) -> None:
        """Show what is said from now on."""
        self.town = town

    def lower_curtain(self) -> None:
        """Show nothing more."""
        self.town = None

    def done(self, what: str) -> None:
        """One thing of the preparations is ready."""
        self._print(Text.assemble(("✓ ", "green"), what))

    def act(self, title: str) -> None:
        """A new act."""
        with self.beside():
            self.console.print()
            self.console.rule(Text(title, "bold"), style="dim")

    def narrate(self, text: str) -> None:
        """A word to the audience."""
        self._print(Text(), Text(text, "italic yellow"))

    def note(self, text: str, style: str = "dim") -> None:
        """A remark of the demo's own."""
        self._print(Text(text, style))

    def came(self, step: Expect) -> None:
        """An expectation was met."""
        self._print(Text(f"  ✓ as expected: {step.pattern.pattern}", "dim green"))

    def missed(self, step: Expect, heard: Sequence[Seen]) -> None:
        """An expectation was not met in its time."""
        said = [_short(seen.text) for seen in heard]
        told = f"heard {' | '.join(said)}" if said else "heard nothing"
        where = f" (line {step.line}, in {step.patience:g} s)"
        self._print(Text(f"  ✗ expected “{step.pattern.pattern}”{where}, {told}", "bold red"))

    def verdict(self, expected: int, missed: int, seconds: float) -> None:
        """How the play went."""
        came = f"{expected - missed} of {expected} expected replies came" if missed else ""
        whole = came or f"Every expected reply came ({expected})"
        self._print(Text(), Text(f"{whole}, in {seconds:.0f} s.", "bold red" if missed else "bold green"))

    def failed(self, text: str) -> None:
        """Something that can't be done."""
        self._print(Text(f"  ✗ {text}", "bold red"))

    # --- the play ------------------------------------------------------------------------------------

    def is_typed(self, sender: str, text: str) -> None:
        """This will be said next, was typed here, and stands on the screen already."""
        self._typed.append((sender, text))

    def told(self, seen: Seen) -> None:
        """Show one event."""
        before = self._texts.get(seen.replaces or "", "")
        self._texts[seen.replaces or seen.event_id] = seen.text
        if self.town is None:
            return
        if (seen.sender, seen.text) in self._typed:
            self._typed.remove((seen.sender, seen.text))
        elif seen.reacts_to:
            self._reaction(self.town, seen)
        elif seen.sender == self.town.bot_id:
            self._bot(self.town, seen, before)
        else:
            colour = _colour(seen.sender)
            heading = Text.assemble((self._name(self.town, seen.sender), f"bold {colour}"), self._place(seen))
            self._print(Text(), heading, *self._body(seen.text, "  "))

    def _reaction(self, town: Town, seen: Seen) -> None:
        target = self._texts.get(seen.reacts_to or "", "").splitlines()
        words = f" reacts {seen.key} to “{_short(_LINK.sub('', target[0]), 48)}”" if target else f" reacts {seen.key}"
        name = (self._name(town, seen.sender), f"bold {_colour(seen.sender)}")
        self._print(Text(), Text.assemble(name, words, self._place(seen)))

    def _bot(self, town: Town, seen: Seen, before: str) -> None:
        if seen.replaces:
            heading = Text.assemble(("◇ card updated", BOT_COLOUR), self._place(seen))
            text = "\n".join(what_changed(seen.text, before))
        else:
            heading = Text.assemble(("◆ Town Clerk", f"bold {BOT_COLOUR}"), self._place(seen))
            text = seen.text
        for user_id in seen.mentions:
            heading.append(f"  → {self._name(town, user_id)}", "bold red")
        self._print(Text(), Text("  ") + heading, *self._body(text, "  │ ", BOT_COLOUR))

    def _body(self, text: str, margin: str, colour: str = "") -> list[Text]:
        lines = Text(_LINK.sub("", text)).wrap(self.console, max(self.console.width - len(margin), 20))
        for line in lines:
            line.rstrip()
        return [Text(margin, colour) + line for line in lines]

    def _place(self, seen: Seen) -> Text:
        room = self.town.titles.get(seen.room_id, "") if self.town else ""
        return Text(f"  {room}" + (" › thread" if seen.thread else ""), "dim")

    @staticmethod
    def _name(town: Town, user_id: str) -> str:
        person = town.people.get(user_id)
        if person is None:
            return user_id
        return f"{person.localpart} · {person.of}" if person.of else person.localpart

    def _print(self, *lines: Text) -> None:
        with self.beside():
            for line in lines:
                self.console.print(line)


def what_changed(text: str, before: str) -> list[str]:
    """An edit's new lines; of a card, not its heading and not what to type, and always where it stands."""
    lines = text.splitlines()
    new = [line for line in lines if line not in before.splitlines()]
    if not text.startswith("🆘") or len(lines) < 3:
        return new or lines[:1]
    return [line for line in lines[1:-1] if line in new] or lines[1:2]


def _colour(user_id: str) -> str:
    return COLOURS[sum(user_id.encode()) % len(COLOURS)]


def _short(text: str, length: int = HEARD_AT_MOST) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
