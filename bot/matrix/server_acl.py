"""A room's list of servers, `m.room.server_acl`: whether ours is one whose words the others no longer take."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import Any

from bot.matrix.untrusted import as_list

_PORT = re.compile(r":[0-9]+$")


def shuts_out(content: Mapping[str, Any], server: str) -> bool:
    """By the specification's rules: the name without its port; `deny` before `allow`; what isn't allowed is denied."""
    host = _PORT.sub("", server).lower()
    if content.get("allow_ip_literals") is False and _is_ip(host):
        return True
    return _names(content.get("deny"), host) or not _names(content.get("allow"), host)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _names(globs: object, host: str) -> bool:
    return any(_fits(glob.lower(), host) for glob in as_list(globs) if isinstance(glob, str))


def _fits(glob: str, host: str) -> bool:
    """Lists have thousands of entries, and the same one stands in many rooms: most are told apart by their end."""
    end = max(glob.rfind("*"), glob.rfind("?"))
    if not host.endswith(glob[end + 1 :]):
        return False
    return glob == host if end < 0 else fnmatchcase(host, glob.replace("[", "[[]"))
