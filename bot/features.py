"""The features: the plugins that are on, with their settings, and the parts of the machine made of what they bring."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.audience import Installed
from bot.catalogues import Catalogues
from bot.effects import Keeper
from bot.errors import OperatorError
from bot.language.engine import Engine
from bot.language.vocabulary import load
from bot.plugin import Plugin
from bot.render import Renderer
from bot.router import Router
from config.settings import Settings, community, explain

# Handlers are asked in this order; the last that follows a change draws its card.
BUILT_IN = ("directory", "people", "availability", "rooms", "escalation", "requests", "digest", "help")
ENTRY_POINTS = "townclerk.plugins"
OURS = Path(__file__).parent.parent / "plugins"
LANGUAGES = ("en", "cy", "fr", "de")


def install(sections: Mapping[str, Mapping[str, Any]] | None) -> list[Installed]:
    """The plugins that have a section, with their settings; all built-in ones if there are no sections.

    Raises OperatorError for an unknown plugin or a wrong setting.
    """
    if sections is None:
        sections = {name: {} for name in BUILT_IN}
    ordered = sorted(sections, key=lambda name: BUILT_IN.index(name) if name in BUILT_IN else -1)
    return [_install(name, dict(sections[name])) for name in ordered]


def _install(name: str, section: dict[str, Any]) -> Installed:
    plugin = _find(name, section.pop("module", ""))
    try:
        return Installed(plugin, plugin.settings(**section))
    except ValidationError as error:
        raise OperatorError(explain(error, plugin.settings, f"[plugins.{name}]")) from error


def _find(name: str, module: str) -> Plugin:  # type: ignore[type-arg]
    if name in BUILT_IN:
        found = import_module(f"plugins.{name}").plugin
    elif module:
        try:
            found = import_module(module).plugin
        except (ImportError, AttributeError) as error:
            raise OperatorError(f"[plugins.{name}] module {module} has no plugin: {error}") from error
    else:
        points = entry_points(group=ENTRY_POINTS, name=name)
        if not points:
            known = ", ".join(BUILT_IN)
            raise OperatorError(f"[plugins.{name}]: there is no plugin of that name; the built-in ones are {known}")
        found = next(iter(points)).load()
    if not isinstance(found, Plugin):
        raise OperatorError(f"[plugins.{name}] is no townclerk plugin")
    return found


def engine_for(installed: Sequence[Installed]) -> Engine:
    """The engine that understands the sentences of these plugins."""
    return _engine(tuple(i.plugin.folder / "language" for i in installed))


@lru_cache(maxsize=4)  # it learns from the files when it is built, and that takes a while
def _engine(folders: tuple[Path, ...]) -> Engine:
    def files(language: str) -> list[Path]:
        return [folder for folder in folders if (folder / f"{language}.toml").exists()]

    spoken = [language for language in LANGUAGES if files(language)]
    engine = Engine.reading(spoken, lambda language: [load(folder, language) for folder in files(language)])
    if not all(map(_is_ours, folders)):
        engine.compile()  # what a community wrote itself is refused at the start, if it must be
    return engine


def _is_ours(folder: Path) -> bool:
    return folder.parent.parent == OURS


def renderer_for(installed: Sequence[Installed]) -> Renderer:
    """The renderer that knows the sentences of the machine and of these plugins."""
    return Renderer(_catalogues(tuple(i.plugin.folder / "locales" for i in installed)))


@lru_cache(maxsize=4)
def _catalogues(folders: tuple[Path, ...]) -> Catalogues:
    catalogues = Catalogues([Path(__file__).parent / "locales", *folders])
    if not all(map(_is_ours, folders)):
        catalogues.compile()
    return catalogues


def router_for(settings: Settings, installed: Sequence[Installed], bot: str) -> Router:
    """The router with all that its handlers are given."""
    people = community(settings)
    keeper = Keeper(renderer_for(installed), settings.limits.replies_per_minute)
    return Router(installed, people, engine_for(installed), keeper, bot)
