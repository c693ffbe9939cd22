"""`townclerk export`: the register, or a part of it, in a format that others read; changes nothing."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.directory import Organisation, Tool
from bot.errors import OperatorError
from bot.exchange.export import Format, Part
from bot.exchange.export_csv import csv_text
from bot.exchange.export_files import folder, opened
from bot.exchange.export_json_lines import json_lines
from bot.exchange.export_terms import Terms, starter_licences
from bot.exchange.export_usage import declarations
from bot.exchange.export_used_by import fragments
from bot.language.meaning import Match, Named
from bot.language.names import Names
from bot.store.database import open_for_reading
from bot.store.memory import Memory
from bot.store.register import Register
from config.settings import Settings

_TEXTS = {Format.CSV: csv_text, Format.JSONL: json_lines}
_FILES = {Format.USAGE: declarations, Format.USED_BY: fragments}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel takes a file's accents for something else


@dataclass(frozen=True)
class Wanted:
    """What to export, as it was asked for."""

    format: Format
    tool: str = ""
    organisation: str = ""
    everything: bool = False
    output: Path | None = None

    @property
    def fault(self) -> str:
        """Why nobody can mean this, or nothing."""
        if self.everything and (self.tool or self.organisation):
            return "--all leaves nothing out: name no tool and no organisation with it"
        if self.everything and self.format not in _FILES:
            return f"--format {self.format} is one file with everything in it: leave out --all"
        if self.format not in _FILES:
            return ""
        about, other = ("organisation", "tool") if self.format is Format.USAGE else ("tool", "organisation")
        if getattr(self, other):
            return f"--format {self.format} is about one {about}, whole: leave out --{other}"
        if not self.everything and not getattr(self, about):
            return f"--format {self.format} needs --{about} NAME, or --all with --output FOLDER"
        if self.everything and self.output is None:
            return f"--format {self.format} --all writes a file for each {about}: name a folder with --output"
        return ""


async def export(settings: Settings, wanted: Wanted, now: datetime) -> None:
    """Write what is wanted to its file or folder, or to standard output."""
    _expect_database(settings.database.url)
    terms = Terms(settings.community.name, settings.exchange.licence, starter_licences(), now)
    if wanted.everything and wanted.format in _FILES and wanted.output:
        await _write_files(settings, terms, wanted, folder(wanted.output))
        return
    beginning = _BYTE_ORDER_MARK if wanted.format is Format.CSV else b""
    with opened(wanted.output, beginning) as write:  # outside: what is slow to be read mustn't keep the view open
        async with _reading(settings) as register:
            async for text in _texts(register, await _part(register, wanted), terms, wanted.format):
                write(text)


async def _write_files(settings: Settings, terms: Terms, wanted: Wanted, into: Path) -> None:
    async with _reading(settings) as register:
        async for name, text in _FILES[wanted.format](register, await _part(register, wanted), terms):
            with opened(into / name) as write:
                write(text)


def _expect_database(url: str) -> None:
    """A mistyped path must not put an empty register in the place of a full file."""
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).exists():
        raise OperatorError(f"the database {path} isn't there: nothing was exported")


@asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[Register]:
    """The register as it is now, whatever a running bot changes meanwhile."""
    database = await open_for_reading(settings.database.url)
    try:
        async with database.reading() as connection:
            yield Memory(connection).register
    finally:
        await database.close()


async def _texts(register: Register, part: Part, terms: Terms, format_: Format) -> AsyncIterator[str]:
    """One document, in pieces."""
    if format_ in _TEXTS:
        async for piece in _TEXTS[format_](register, part, terms):
            yield piece
    else:
        async for _, text in _FILES[format_](register, part, terms):
            yield text


async def _part(register: Register, wanted: Wanted) -> Part:
    bodies = {o.id: o for o in await register.organisations()}
    products = {t.id: t for t in await register.tools()}
    return Part(
        bodies,
        products,
        wanted.organisation and _id("organisation", wanted.organisation, bodies),
        wanted.tool and _id("tool", wanted.tool, products),
    )


def _id(kind: str, name: str, known: Mapping[str, Organisation] | Mapping[str, Tool]) -> str:
    """The id behind a name; a name that isn't sure is refused with the nearest ones."""
    if name in known:
        return name
    named = _find(kind, name, known)
    if named.match is Match.EXACT:
        return named.ids[0]
    near = ", ".join(f"{known[id_].name} ({id_})" for id_ in named.ids if id_ in known)
    if named.match is Match.AMBIGUOUS:
        raise OperatorError(f"{name!r} is the name of several: {near}; give the id")
    shown = name if len(name) <= 80 else f"{name[:80]}…"
    raise OperatorError(f"no {kind} is called {shown!r}" + (f"; did you mean {near}?" if near else ""))


def _find(kind: str, name: str, known: Mapping[str, Organisation] | Mapping[str, Tool]) -> Named:
    if kind == "tool":
        return Names((t for t in known.values() if isinstance(t, Tool)), ()).find_tool(name)
    return Names((), (o for o in known.values() if isinstance(o, Organisation))).find_organisation(name)
