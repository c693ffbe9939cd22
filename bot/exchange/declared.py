"""What a body declares of itself: openCatalogi.yaml, and publiccode-usage.json from its own web site."""

from collections.abc import Iterator
from datetime import date

from bot.errors import OperatorError
from bot.exchange.dates import iso_date
from bot.exchange.document import Document
from bot.exchange.persons import impersonal, without_contacts
from bot.exchange.repository import domain_of, repository
from bot.exchange.rows import BrokenRow, Contents, Kind, UseRow
from bot.exchange.text import LONGEST_NAME, cleaned, web_address
from bot.exchange.used_by import Body, body_named, id_of
from bot.exchange.yaml_tree import Node

WELL_KNOWN = "/.well-known/publiccode-usage.json"
_SUPPORTS = frozenset({"", "support", "maintenance"})  # to host, sell or teach it isn't to answer for it
_SOFTWARE = ("software", "uses", "usage", "tools")
_DATES = {
    "since": ("since", "from", "adoptedOn", "adopted", "start"),
    "until": ("until", "retiredOn", "end"),
    "asserted_on": ("confirmedOn", "lastConfirmed", "lastUpdated"),
}


def read_opencatalogi(document: Document, tree: Node) -> Contents:
    """The body and the software that it uses or supports; what it merely owns says nothing of use."""
    body = _body(document, tree, cleaned(tree.words("name")), tree.words("website") or tree.words("url"))
    kind = Kind.OPENCATALOGI
    supported = [e for e in tree.each("softwareSupported") if e.words("type").casefold() in _SUPPORTS]
    used = (_use(document, body, entry, kind) for entry in tree.each("softwareUsed"))
    return Contents(kind, (*used, *(_use(document, body, entry, kind, relation="maintains") for entry in supported)))


def read_usage(document: Document, tree: Node) -> Contents:
    """The body and its software, as of the day the file was last updated."""
    said_by = next(filter(None, map(tree.find, ("organization", "organisation", "organizationUrl"))), Node(1, ""))
    address = said_by.text or said_by.words("url") or said_by.words("website") or said_by.words("domain")
    if address and "://" not in address and domain_of(f"https://{address}"):
        address = f"https://{address}"
    name = said_by.words("name") or said_by.words("legalName") or ("" if "://" in address else address)
    body = _body(document, said_by, cleaned(name), address)
    last = _date(tree.words("lastUpdated") or tree.words("updated"))
    rows = list(_listed(document, body, tree, last))
    return Contents(Kind.USAGE, tuple(rows), counted_in="entry")


def _listed(document: Document, body: Body, tree: Node, last: str) -> Iterator[UseRow | BrokenRow]:
    listed = next(filter(None, (tree.each(key) for key in _SOFTWARE)), ())
    for number, entry in enumerate(listed, 1):
        entry.line = number
        yield _use(document, body, entry, Kind.USAGE, last=last)


def _body(document: Document, tree: Node, name: str, address: str) -> Body:
    identity = next(filter(None, (cleaned(node.text or "") for node in tree.each("identifiers"))), "")
    address = web_address(address)
    identity = impersonal(identity) or id_of(tree.words("uri")) or _curie(tree.words("identifier")) or id_of(address)
    found = body_named(name or domain_of(address))
    if isinstance(found, str):
        raise OperatorError(f"{document.name}: doesn't say whose it is ({found if name else 'no name, no address'})")
    return Body(found.name, identity or found.id, address)


def _curie(text: str) -> str:
    scheme, colon, code = cleaned(text).partition(":")
    return impersonal(f"{scheme.casefold()}:{code}") if colon and code and not code.startswith("//") else ""


def _use(
    document: Document, body: Body, entry: Node, kind: Kind, relation: str = "", last: str = ""
) -> UseRow | BrokenRow:
    """One software of the list: an address, or a mapping with more."""
    given = entry.text or entry.words("url") or entry.words("software") or entry.words("repository")
    address, named = repository(given), cleaned(entry.words("name"))
    if not address and "://" not in given:
        named = named or cleaned(given)
    if len(named) > LONGEST_NAME:
        return BrokenRow(entry.line, f"tool is longer than {LONGEST_NAME} characters")
    called = without_contacts(named)
    if not called and not address:
        return BrokenRow(entry.line, f"no tool: neither a name nor an address (“{cleaned(given)[:60]}”)")
    dates = {field: next(filter(None, (entry.words(key) for key in keys)), "") for field, keys in _DATES.items()}
    if wrong := [field for field, text in dates.items() if text and not _date(text)]:
        return BrokenRow(entry.line, f"{wrong[0]} isn't a date: “{dates[wrong[0]][:40]}”")
    stated = {field: _date(text) for field, text in dates.items()}
    domain = domain_of(body.website)
    return UseRow(
        entry.line,
        body.name,
        called,
        organisation_id=body.id,
        repository=address,
        website=body.website,
        since=stated["since"],
        until=stated["until"],
        asserted_on=stated["asserted_on"] or last,
        status=cleaned(entry.words("status"))[:60],
        relation=relation,
        grade=cleaned(entry.words("grade"))[:60],
        evidence_url=_evidence(document, entry, kind, domain),
        source=impersonal(entry.words("source")) or f"{kind} of {domain or body.name}",
    )


def _evidence(document: Document, entry: Node, kind: Kind, domain: str) -> str:
    """Where the claim can be seen: what the entry gives, where the file came from, or where it has to be."""
    stated = web_address(entry.words("evidenceUrl") or entry.words("evidence"))
    return stated or document.url or (f"https://{domain}{WELL_KNOWN}" if kind is Kind.USAGE and domain else "")


def _date(text: str) -> str:
    try:
        return iso_date(cleaned(text)) if text else ""
    except ValueError:
        try:
            return date.fromisoformat(text[:10]).isoformat()
        except ValueError:
            return ""
