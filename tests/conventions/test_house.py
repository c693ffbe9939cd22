"""The house's rules that no linter knows: sentences in catalogues, plugins complete, files of a readable size."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.features import BUILT_IN, install
from bot.language.vocabulary import load

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("bot", "plugins", "config") for path in (ROOT / folder).rglob("*.py"))
MODULES = {r"bot\.demo", r"bot\.language", r"bot\.store"}  # package names that look like keys
LONGEST = 260  # lines; STYLE asks for about 200
KEY = re.compile(rf"({'|'.join([*BUILT_IN, 'bot'])})\.[a-z_]*[a-z]")
MACHINES_OWN = {"none"}  # an intent of the engine itself


def owner(path: Path) -> Path:
    """The folder whose catalogue a module's sentences are in."""
    parts = path.relative_to(ROOT).parts
    return ROOT / "plugins" / parts[1] if parts[0] == "plugins" and len(parts) > 2 else ROOT / "bot"


def catalogue(folder: Path) -> set[str]:
    """The keys of a folder's English catalogue."""
    with (folder / "locales" / "en.po").open("rb") as file:
        keys = [message.id for message in read_po(file, locale="en") if message.id]
    return {key if isinstance(key, str) else key[0] for key in keys}


def keys_in(path: Path) -> list[re.Pattern[str]]:
    """The phrase keys a module names; what an f-string leaves open matches anything."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
            found.append(re.compile(re.escape(node.value)))
        if isinstance(node, ast.JoinedStr):
            pieces = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else "[a-z_]+" for v in node.values]
            if re.match(r"[a-z]+\\\.[a-z_]", pieces[0]):
                found.append(re.compile("".join(pieces)))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_sentence_a_module_names_is_in_its_catalogue(path: Path) -> None:
    known = catalogue(owner(path)) | catalogue(ROOT / "bot")
    named = [key for key in keys_in(path) if key.pattern not in MODULES]
    assert [key.pattern for key in named if not any(key.fullmatch(sentence) for sentence in known)] == []


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_sentence_of_a_plugins_catalogue_is_used(name: str) -> None:
    folder = ROOT / "plugins" / name
    named = [key for path in folder.rglob("*.py") for key in keys_in(path)]
    assert [key for key in sorted(catalogue(folder)) if not any(k.fullmatch(key) for k in named)] == []


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_plugin_says_what_it_is_for_and_has_tests_of_its_own(name: str) -> None:
    (installed,) = install({name: {}})
    assert installed.plugin.name == name
    assert installed.plugin.summary
    assert list((ROOT / "tests" / "plugins" / name).glob("test_*.py"))


def test_every_intent_that_is_understood_is_answered_and_every_one_answered_is_understood() -> None:
    answered = {intent for i in install(None) for intent in i.plugin.intents} - MACHINES_OWN
    folders = [ROOT / "plugins" / name / "language" for name in BUILT_IN]
    vocabularies = [load(folder, "en") for folder in folders if (folder / "en.toml").exists()]
    intents = [intent for vocabulary in vocabularies for intent in vocabulary.intents]
    understood = {intent.name for intent in intents} | {intent.unknown for intent in intents if intent.unknown}
    assert understood == answered


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_begins_with_one_sentence_and_can_be_read_at_a_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]
    assert first.endswith(".")
    assert text.count("\n") <= LONGEST


def test_only_the_web_serves_the_web() -> None:
    serving = [path for path in SOURCES if re.search(r"aiohttp import web|aiohttp\.web", path.read_text("utf-8"))]
    assert [path.relative_to(ROOT).parts[:2] for path in serving] == [("bot", "web")] * len(serving)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_plugins_handlers_have_names_of_their_own(name: str) -> None:
    """By its name a handler is known to have had an event: a second one of that name would never have it."""
    (installed,) = install({name: {}})
    plugin = installed.plugin
    found = {id(hearing.handler): hearing.handler for hearing in plugin.intents.values()}
    for kind in ("overhearing", "reactions", "edits", "redactions", "entrances", "departures", "moves", "refusals"):
        found |= {id(handler): handler for handler in getattr(plugin, kind)}
    for table in (plugin.timers, plugin.answering, plugin.fetching):
        found |= {id(handler): handler for handler in table.values()}
    found |= {id(handler): handler for handler in (*plugin.following, *plugin.starting)}
    names = [handler.__name__ for handler in found.values()]
    assert [name for name in names if names.count(name) > 1] == []
