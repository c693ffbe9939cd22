"""Where a tool's source lives, written in one way: that address is what identifies the tool."""

import re
from urllib.parse import urlsplit

from bot.exchange.text import LONGEST_ADDRESS, LONGEST_NAME, cleaned

_SHORT_SSH = re.compile(r"(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):(?!/|\d+/)(\S+)")
_INSIDE = re.compile(r"/(?:-/)?(?:tree|blob|raw|src|commits?|issues|releases|wiki)(?:/.*)?$")
_TWO_STEPS = frozenset({"github.com", "bitbucket.org", "codeberg.org"})  # owner and name, and nothing below
_SCHEMES = frozenset({"http", "https", "git", "ssh", "git+https", "git+http", "git+ssh"})
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_LONGEST_HOST = 253


def repository(text: str) -> str:
    """The address as https, host in lower case, without `.git`, user, query and slash at the end; "" if it is none."""
    address = cleaned(text)
    if len(address) > LONGEST_ADDRESS:
        return ""
    if short := _SHORT_SSH.fullmatch(address):
        address = f"ssh://{short[1]}/{short[2]}"
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if parts.scheme.casefold() not in _SCHEMES or not _HOST.fullmatch(host) or re.search(r"[\s<>\"]", address):
        return ""
    kept = f":{port}" if port and "http" in parts.scheme.casefold() and port not in (80, 443) else ""
    return f"https://{host}{kept}{_path(host, parts.path)}"


def _path(host: str, path: str) -> str:
    path = re.sub(r"/{2,}", "/", path)
    if host in _TWO_STEPS:
        path = "/".join(path.split("/")[:3])
    elif host.startswith("git"):
        path = _INSIDE.sub("", path)
    return path.rstrip("/").removesuffix(".git").rstrip("/")


def repository_key(text: str) -> str:
    """What two addresses of one repository have in common: hosting sites don't tell `A` from `a`."""
    return repository(text).casefold()


def name_in(address: str) -> str:
    """What to call a tool of which only the repository is known: `nextcloud/server`, but `drupal` if both are that."""
    host, *steps = repository(address).removeprefix("https://").split("/")
    owner, name = (steps or [host])[-1:] * 2 if len(steps) < 2 else steps[-2:]
    return (name if owner.casefold() == name.casefold() else f"{owner}/{name}")[:LONGEST_NAME]


def domain_of(address: str) -> str:
    """The host of a web address, without `www.`; "" if it is none."""
    try:
        host = urlsplit(cleaned(address)).hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.")
    return host if len(host) <= _LONGEST_HOST and _HOST.fullmatch(host) else ""
