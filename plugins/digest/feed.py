"""The digests that were posted, as an Atom feed and as a JSON feed."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as xml

from bot.plugin import Context, Page
from plugins.digest import plugin

ISSUES = 20
ATOM_PATH, JSON_PATH = "/digest.atom", "/digest.json"
ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/json"  # what RFC 8259 knows has no charset: it is UTF-8
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NO_WEEK_IS_LATER = "9999-W99"

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 can't have


@dataclass(frozen=True)
class Entry:
    """One issue as it was posted; `link` is empty until the homeserver has it."""

    edition: str
    week: str
    title: str
    text: str
    html: str
    published: datetime
    link: str
    language: str
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Feed:
    """The newest first; of one edition, or of all if `edition` is empty."""

    community: str
    bot: str
    language: str
    edition: str
    entries: Sequence[Entry]


@plugin.serves(ATOM_PATH)
async def atom_feed(context: Context[Any], asked: Mapping[str, str]) -> Page | None:
    """The newest issues as Atom."""
    return Page(ATOM, atom(await _feed(context, asked.get("edition", "")))) if context.settings.feed else None


@plugin.serves(JSON_PATH)
async def json_feed(context: Context[Any], asked: Mapping[str, str]) -> Page | None:
    """The newest issues as JSON, with their figures."""
    return Page(JSON, as_json(await _feed(context, asked.get("edition", "")))) if context.settings.feed else None


async def _feed(context: Context[Any], edition: str) -> Feed:
    digests = context.memory.digests
    issues = await (digests.before(edition, NO_WEEK_IS_LATER, ISSUES) if edition else digests.newest(ISSUES))
    entries = [
        Entry(
            issue.edition,
            issue.week,
            issue.title,
            issue.body,
            issue.formatted_body,
            issue.published_at or issue.due_at,
            await _link(context, issue.edition, issue.week),
            str(issue.figures.get("language") or context.community.language),
            issue.figures,
        )
        for issue in issues
    ]
    return Feed(context.community.name, context.bot, context.community.language, edition, entries)


async def _link(context: Context[Any], edition: str, week: str) -> str:
    posted = f"{plugin.name}:digest:{edition}:{week}"  # the op id of the message
    event_id = await context.memory.outbox.event_of(posted)
    room_id = await context.memory.outbox.room_of(posted)
    return context.permalink(room_id, event_id) if room_id and event_id else ""


def atom(feed: Feed) -> str:
    """The feed by RFC 4287."""
    root = xml.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language})
    _add(root, "id", _id(feed.bot, "feed", feed.edition))
    _add(root, "title", feed.community)
    _add(root, "updated", _time(max((entry.published for entry in feed.entries), default=NEVER)))
    _add(_add(root, "author"), "name", feed.community)
    # A reference from the feed to itself, since only a proxy in front of us may know the whole address.
    query = f"?edition={quote(legal(feed.edition), safe='')}" if feed.edition else ""
    _add(root, "link", rel="self", href=f"{ATOM_PATH.lstrip('/')}{query}")
    for entry in feed.entries:
        one = xml.SubElement(root, "entry", {"xml:lang": entry.language})
        _add(one, "id", _id(feed.bot, entry.edition, entry.week))
        _add(one, "title", entry.title or entry.week)
        _add(one, "published", _time(entry.published))
        _add(one, "updated", _time(entry.published))
        if entry.link:
            _add(one, "link", rel="alternate", href=entry.link)
        _add(one, "category", term=entry.edition)
        _add(one, "content", entry.html, type="html")
    written: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written.decode()


def _add(parent: xml.Element, name: str, text: str = "", **attributes: str) -> xml.Element:
    child = xml.SubElement(parent, name, {key: legal(value) for key, value in attributes.items()})
    child.text = legal(text) or None
    return child


def as_json(feed: Feed) -> str:
    """The feed by https://jsonfeed.org/version/1.1, with the figures of each week under `_townclerk`."""
    shown = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.community,
        "language": feed.language,
        "authors": [{"name": feed.community}],
        "items": [_item(feed, entry) for entry in feed.entries],
    }
    return legal(json.dumps(shown, ensure_ascii=False, indent=1)) + "\n"


def _item(feed: Feed, entry: Entry) -> dict[str, Any]:
    item = {
        "id": _id(feed.bot, entry.edition, entry.week),
        "title": entry.title or entry.week,
        "content_html": entry.html,
        "content_text": entry.text,
        "date_published": _time(entry.published),
        "language": entry.language,
        "tags": [entry.edition],
        "_townclerk": {"edition": entry.edition, "week": entry.week, "figures": dict(entry.figures)},
    }
    return item | ({"url": entry.link} if entry.link else {})


def legal(text: str) -> str:
    """Without what neither XML nor UTF-8 can have: control characters and halves of surrogate pairs."""
    return _ILLEGAL.sub("", text)


def _id(*parts: str) -> str:
    """A name that stays the same wherever the feed is served."""
    return uuid5(NAMESPACE_URL, "https://matrix.to/#/" + "/".join(legal(part) for part in parts)).urn


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
