"""What lies in a demo homeserver's folder: its settings and its secrets, readable by their owner alone."""

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
SETTINGS = "homeserver.json"  # Synapse reads YAML, of which JSON is a part

RATE_LIMITS = (
    "rc_3pid_validation",
    "rc_admin_redaction",
    "rc_delayed_event_mgmt",
    "rc_invites.per_issuer",
    "rc_invites.per_room",
    "rc_invites.per_user",
    "rc_joins.local",
    "rc_joins.remote",
    "rc_joins_per_room",
    "rc_key_requests",
    "rc_login.account",
    "rc_login.address",
    "rc_login.failed_attempts",
    "rc_media_create",
    "rc_message",
    "rc_presence.per_user",
    "rc_profile",
    "rc_registration",
    "rc_registration_token_validity",
    "rc_reports",
    "rc_room_creation",
    "rc_third_party_invite",
    "rc_user_directory",
)

LOGGING = {
    "version": 1,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"level": "WARNING", "handlers": ["stream"]},
    "disable_existing_loggers": False,
}


def lifted_limits() -> dict[str, Any]:
    """Every rate limit so high that nobody meets it."""
    limits: dict[str, Any] = {}
    for name in RATE_LIMITS:
        section, _, part = name.partition(".")
        generous = {"per_second": 10_000, "burst_count": 10_000}
        if part:
            limits.setdefault(section, {})[part] = generous
        else:
            limits[section] = generous
    return limits


def prepare(folder: Path, port: int, server_name: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Lay out the folder and return its secrets; a folder used before keeps them, and so its accounts."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / "secrets.json"
    known: dict[str, str] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else _new_secrets()
    settings = {**_settings(folder, port, known), "server_name": server_name, **options}
    _write_private(kept, json.dumps(known))
    _write_private(folder / "signing.key", known["signing"])
    _write_private(folder / "log.json", json.dumps(LOGGING))
    _write_private(folder / SETTINGS, json.dumps(settings, indent=1))
    return known


def _settings(folder: Path, port: int, known: Mapping[str, str]) -> dict[str, Any]:
    client = {"names": ["client"]}
    listener = {"type": "http", "port": port, "bind_addresses": [LOOPBACK], "resources": [client]}
    return {
        "public_baseurl": f"http://{LOOPBACK}:{port}/",
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "log_config": str(folder / "log.json"),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "macaroon_secret_key": known["macaroon"],
        "form_secret": known["form"],
        "registration_shared_secret": known["registration"],
        "enable_registration": False,
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "presence": {"enabled": False},
        "bcrypt_rounds": 4,  # made-up people on loopback: a login need not take a third of a second
    }


def _new_secrets() -> dict[str, str]:
    seed = b64encode(os.urandom(32)).decode().rstrip("=")
    named = {name: secrets.token_urlsafe(32) for name in ("macaroon", "form", "registration")}
    return {"signing": f"ed25519 a_{secrets.token_hex(2)} {seed}\n", **named}


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
