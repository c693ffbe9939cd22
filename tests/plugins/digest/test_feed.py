"""The feeds: well-formed whatever was written, with all that Atom and JSON Feed ask for, and off until switched on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.digests import Issue, IssueState
from bot.store.memory import Memory
from bot.store.outbox import Post
from plugins.digest.feed import ISSUES, Entry, Feed, as_json, atom, legal
from tests.dialogue import SAM, STEWARDS, Dialogue, dialogue
from tests.plugins.digest.stage import PLUGINS, tell, until_draft
from tests.web.serving import served

CHANNEL, WELSH = "!channel:example.org", "!cymraeg:example.org"
NS = {"a": "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FRIDAY = datetime(2026, 5, 15, 15, 0, tzinfo=UTC)
HTML = '<b>The week</b><br>1 &lt; 2 &amp; <a href="https://example.org/?a&amp;b">x</a>'


def entry(**changes: Any) -> Entry:
    """An issue as the feed knows it."""
    known: dict[str, Any] = {
        "edition": CHANNEL, "week": "2026-W20", "title": "The week", "text": "The week\n1 < 2 & x", "html": HTML,
        "published": FRIDAY, "link": "https://matrix.to/#/!channel:example.org/$1?via=example.org", "language": "en",
        "figures": {"asked": 3},
    }  # fmt: skip
    return Entry(**known | changes)


def feed(*entries: Entry, community: str = "Test councils", edition: str = "") -> Feed:
    """A feed of them."""
    return Feed(community, "@clerk:example.org", "en", edition, entries)


def test_an_atom_feed_has_what_rfc_4287_asks_for() -> None:
    root = xml.fromstring(atom(feed(entry(), entry(week="2026-W19", published=FRIDAY - timedelta(7), link=""))))
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert root.attrib[LANG] == "en"
    assert root.findtext("a:title", None, NS) == "Test councils"
    assert root.findtext("a:author/a:name", None, NS) == "Test councils"
    assert root.findtext("a:updated", None, NS) == "2026-05-15T15:00:00Z"
    ids = [found.text for found in root.iterfind(".//a:id", NS)]
    assert len(set(ids)) == 3
    assert all(found and found.startswith("urn:uuid:") for found in ids)
    first, second = root.iterfind("a:entry", NS)
    assert first.findtext("a:title", None, NS) == "The week"
    assert first.findtext("a:updated", None, NS) == "2026-05-15T15:00:00Z"
    content, link = first.find("a:content", NS), first.find("a:link", NS)
    assert content is not None
    assert (content.get("type"), content.text, list(content)) == ("html", HTML, [])
    assert link is not None
    assert link.attrib == {"rel": "alternate", "href": "https://matrix.to/#/!channel:example.org/$1?via=example.org"}
    assert second.find("a:link", NS) is None


def test_an_empty_feed_is_a_feed() -> None:
    root = xml.fromstring(atom(feed()))
    assert [child.tag.rpartition("}")[2] for child in root] == ["id", "title", "updated", "author", "link"]
    assert json.loads(as_json(feed()))["items"] == []


def test_the_feed_of_an_edition_is_another_and_says_where_it_is() -> None:
    every, one = (xml.fromstring(atom(feed(edition=edition))) for edition in ("", "#a:x.org|planning|cy"))
    assert every.findtext("a:id", None, NS) != one.findtext("a:id", None, NS)
    links = [found.attrib["href"] for root in (every, one) for found in root.iterfind("a:link", NS)]
    assert links == ["digest.atom", "digest.atom?edition=%23a%3Ax.org%7Cplanning%7Ccy"]


def test_an_issue_keeps_its_id_when_its_words_change() -> None:
    before, after = (xml.fromstring(atom(feed(entry(html=words)))) for words in ("a", "b"))
    assert before.findtext("a:entry/a:id", None, NS) == after.findtext("a:entry/a:id", None, NS)


def test_a_json_feed_has_what_version_1_1_asks_for_and_the_figures() -> None:
    shown = json.loads(as_json(feed(entry(), entry(week="2026-W19", link=""))))
    assert (shown["version"], shown["title"]) == ("https://jsonfeed.org/version/1.1", "Test councils")
    first, second = shown["items"]
    assert first["id"] != second["id"]
    assert (first["content_html"], first["content_text"]) == (HTML, "The week\n1 < 2 & x")
    assert (first["date_published"], first["language"]) == ("2026-05-15T15:00:00Z", "en")
    assert first["_townclerk"] == {"edition": CHANNEL, "week": "2026-W20", "figures": {"asked": 3}}
    assert first["url"].startswith("https://matrix.to/")
    assert "url" not in second


ANYTHING = st.text(st.characters(exclude_categories=[]))


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_whatever_was_written_the_feeds_are_well_formed(title: str, body: str, edition: str, community: str) -> None:
    made = feed(
        entry(title=title, html=body, text=body, edition=edition, figures={"x": body}),
        community=community,
        edition=edition,
    )
    root = xml.fromstring(atom(made).encode())
    shown = json.loads(as_json(made).encode())
    for name, text in (("title", title or "2026-W20"), ("content", body)):
        read = root.findtext(f"a:entry/a:{name}", None, NS)
        assert read == legal(text).replace("\r\n", "\n").replace("\r", "\n")  # as XML reads the ends of lines
    assert set(shown["items"][0]) >= {"id", "title", "content_html", "content_text", "date_published"}


@given(ANYTHING)
def test_nothing_but_what_xml_cant_have_is_left_out(text: str) -> None:
    illegal = {chr(number) for number in range(32)} - set("\t\n\r") | {"\ufffe", "\uffff"}
    assert legal(text) == "".join(c for c in text if c not in illegal and not "\ud800" <= c <= "\udfff")


# --- over HTTP -------------------------------------------------------------------------------------


async def keep(talk: Dialogue, *issues: Issue) -> None:
    """They were posted."""
    async with talk.database.transaction() as connection:
        for issue in issues:
            await Memory(connection).digests.keep(issue)


def posted(week: int, edition: str = CHANNEL, **changes: Any) -> Issue:
    """An issue that was posted."""
    at = FRIDAY + timedelta(weeks=week - 20)
    known: dict[str, Any] = {"state": IssueState.PUBLISHED, "published_at": at, "title": f"Week {week}", "body": "x"}
    return Issue(edition, f"2026-W{week:02}", edition, due_at=at, formatted_body="<b>x</b>", **known | changes)


@pytest.mark.parametrize("path", ["/digest.atom", "/digest.json"])
async def test_without_a_word_in_the_settings_nothing_is_served(tmp_path: Path, path: str) -> None:
    async with dialogue(tmp_path, {"digest": {}}) as talk:
        await keep(talk, posted(20))
        async with served(talk) as web, web.get(path) as answer:
            assert answer.status == 404


async def test_the_newest_issues_are_served_and_no_drafts(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"digest": {"feed": True}}) as talk:
        await keep(talk, *(posted(week) for week in range(1, 25)), posted(26, state=IssueState.DRAFT))
        async with served(talk) as web:
            async with web.get("/digest.atom") as answer:
                assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
                titles = [found.text for found in xml.fromstring(await answer.read()).iterfind("a:entry/a:title", NS)]
            async with web.get("/digest.json") as answer:
                assert answer.headers["Content-Type"] == "application/json"
                items = (await answer.json())["items"]
    assert titles == [f"Week {24 - number}" for number in range(ISSUES)]
    assert [item["title"] for item in items] == titles


async def test_one_edition_can_be_asked_for(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"digest": {"feed": True}}) as talk:
        await keep(talk, posted(20), posted(21, WELSH, title="Yr wythnos", figures={"language": "cy"}), posted(22))
        async with served(talk) as web:
            async with web.get("/digest.json", params={"edition": WELSH}) as answer:
                items = (await answer.json())["items"]
            async with web.get("/digest.json", params={"edition": "!nowhere:example.org"}) as answer:
                assert (answer.status, (await answer.json())["items"]) == (200, [])
    assert [(item["title"], item["language"], item["tags"]) for item in items] == [("Yr wythnos", "cy", [WELSH])]


async def test_a_posted_issue_links_to_its_message(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"digest": {"feed": True}}) as talk:
        await keep(talk, posted(20), posted(21))
        async with talk.database.transaction() as connection:
            outbox = Memory(connection).outbox
            await outbox.add(Post(f"digest:digest:{CHANNEL}:2026-W20", CHANNEL, "message", {"body": "x"}), talk.now)
        await talk.settle()
        event_id = talk.in_room(CHANNEL)[0].event_id
        async with served(talk) as web, web.get("/digest.json") as answer:
            items = (await answer.json())["items"]
    assert [item.get("url") for item in items] == [
        None,
        f"https://matrix.to/#/!channel:example.org/{event_id}?via=example.org",
    ]


async def test_a_feed_that_was_read_is_sent_again_only_with_something_new(tmp_path: Path) -> None:
    async with dialogue(tmp_path, {"digest": {"feed": True}}) as talk, served(talk) as web:
        await keep(talk, posted(20))
        async with web.get("/digest.atom") as answer:
            known = {"If-None-Match": answer.headers["ETag"]}
        talk.now += timedelta(days=1)
        async with web.get("/digest.atom", headers=known) as answer:
            assert answer.status == 304
        await keep(talk, posted(21))
        async with web.get("/digest.atom", headers=known) as answer:
            assert answer.status == 200


async def test_an_introduction_revised_after_it_was_posted_is_in_the_feed_under_the_same_id(tmp_path: Path) -> None:
    plugins = PLUGINS | {"digest": PLUGINS["digest"] | {"feed": True}}
    async with dialogue(tmp_path, plugins) as talk, served(talk) as web:
        await until_draft(talk)
        said = await tell(talk, "introduction: Wellcome")
        await talk.wait(days=1)
        async with web.get("/digest.json") as answer:
            (first,) = (await answer.json())["items"]
        async with web.get("/digest.atom") as answer:
            known = {"If-None-Match": answer.headers["ETag"]}
        await talk.edit(said, "introduction: Welcome", SAM, STEWARDS)
        async with web.get("/digest.json") as answer:
            (then,) = (await answer.json())["items"]
        async with web.get("/digest.atom", headers=known) as answer:
            assert answer.status == 200
            told = await answer.text()
    assert "Wellcome" in first["content_html"]
    assert "Welcome" in then["content_html"]
    assert "Welcome" in told
    assert "Wellcome" not in then["content_html"] + told
    assert [then[kept] for kept in ("id", "url", "date_published")] == [
        first[kept] for kept in ("id", "url", "date_published")
    ]
