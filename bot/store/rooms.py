"""The rooms the bot is in or was asked into, and the account it is there with."""

from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Row, instant, micros
from bot.store.upgrades import Upgrades


@dataclass(frozen=True)
class Room:
    """A room; `direct` is a chat between one person and the bot.

    `shared`: anybody, or a whole space, may join it, and it isn't encrypted. `language`, `listening` and `threads`
    are a steward's words.
    """

    room_id: str
    membership: str
    direct: bool = False
    members: int = 0
    named: bool = False
    inviter: str = ""
    invite_event: str = ""
    language: str = ""
    listening: bool = False  # answers sure questions that weren't addressed to it
    threads: bool = True  # False: replies only, for clients that don't show threads
    may_pin: bool = False
    may_send: bool = True
    shared: bool = False
    shut_out: bool = False  # other servers take nothing from ours there (`m.room.server_acl`)
    predecessor: str = ""  # the room that this one says it is the upgrade of

    @property
    def is_direct(self) -> bool:
        """Flagged as direct by the inviter, or two people in a room without a name."""
        return self.direct or (self.members == 2 and not self.named)


@dataclass(frozen=True)
class Account:
    """The bot's session: its device stays the same for ever, so that a resend is not a second message."""

    user_id: str
    device_id: str
    access_token: str
    since: str | None
    refresh_token: str = ""
    expires_at: datetime | None = None  # when the access token ends; None: never
    newest_room: str = ""
    newest_event: str = ""  # that we heard


class Rooms(Upgrades):
    """The tables room and account."""

    async def get(self, room_id: str) -> Room | None:
        """The room, if the bot ever had to do with it."""
        row = await self._db.fetch_one("SELECT * FROM room WHERE room_id = $1", room_id)
        if row is None:
            return None
        return Room(
            room_id=row["room_id"],
            membership=row["membership"],
            direct=bool(row["direct"]),
            members=row["members"],
            named=bool(row["named"]),
            inviter=row["inviter"],
            invite_event=row["invite_event"],
            language=row["language"],
            listening=bool(row["listening"]),
            threads=bool(row["threads"]),
            may_pin=bool(row["may_pin"]),
            may_send=bool(row["may_send"]),
            shared=bool(row["shared"]),
            shut_out=bool(row["shut_out"]),
            predecessor=row["predecessor"],
        )

    async def keep(self, room: Room) -> None:
        """Write the room as it is now; whether it listens and threads is set alone."""
        await self._db.execute(
            "INSERT INTO room (room_id, membership, direct, members, named, inviter, invite_event, language, "
            "may_pin, may_send, shared, shut_out, predecessor) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (room_id) DO UPDATE SET "
            "membership = excluded.membership, direct = excluded.direct, members = excluded.members, "
            "named = excluded.named, inviter = excluded.inviter, invite_event = excluded.invite_event, "
            "language = excluded.language, may_pin = excluded.may_pin, may_send = excluded.may_send, "
            "shared = excluded.shared, shut_out = excluded.shut_out, predecessor = excluded.predecessor, knocking = 0",
            room.room_id, room.membership, int(room.direct), room.members, int(room.named), room.inviter,
            room.invite_event, room.language, int(room.may_pin), int(room.may_send), int(room.shared),
            int(room.shut_out), room.predecessor,
        )  # fmt: skip

    async def set_language(self, room_id: str, language: str) -> None:
        """What is said there first, before anybody has spoken."""
        await self._db.execute("UPDATE room SET language = $2 WHERE room_id = $1", room_id, language)

    async def set_listening(self, room_id: str, listening: bool) -> None:
        """Whether sure questions are answered there that weren't addressed to the bot."""
        await self._db.execute("UPDATE room SET listening = $2 WHERE room_id = $1", room_id, int(listening))

    async def set_threads(self, room_id: str, threads: bool) -> None:
        """Whether the bot answers in threads there, or by replies only."""
        await self._db.execute("UPDATE room SET threads = $2 WHERE room_id = $1", room_id, int(threads))

    async def knock(self, room_id: str) -> None:
        """We stand at this room's door."""
        await self._db.execute(
            "INSERT INTO room (room_id, membership, knocking) VALUES ($1, 'leave', 1) "
            "ON CONFLICT (room_id) DO UPDATE SET knocking = 1",
            room_id,
        )

    async def knocked(self) -> list[str]:
        """The rooms, by id and by the alias we called them, at whose door we stand."""
        rows = await self._db.fetch("SELECT room_id, alias FROM room WHERE knocking = 1")
        return [name for row in rows for name in (row["room_id"], row["alias"]) if name]

    async def call(self, room_id: str, alias: str) -> None:
        """This room is the one behind the alias, as its server told us when we entered. That we are in it counts from
        the sync that shows it: what was said there before is history.
        """
        await self._db.execute("UPDATE room SET alias = '' WHERE alias = $1 AND room_id <> $2", alias, room_id)
        await self._db.execute(
            "INSERT INTO room (room_id, membership, alias) VALUES ($1, 'leave', $2) "
            "ON CONFLICT (room_id) DO UPDATE SET alias = excluded.alias",
            room_id,
            alias,
        )

    async def joined_as(self, name: str) -> str | None:
        """The id of the room with this id or alias, if the bot is in it."""
        row = await self._db.fetch_one(
            "SELECT room_id FROM room WHERE membership = 'join' AND (room_id = $1 OR (alias = $1 AND alias <> ''))",
            name,
        )
        return str(row["room_id"]) if row else None

    async def joined(self) -> list[str]:
        """The rooms the bot is in."""
        rows = await self._db.fetch("SELECT room_id FROM room WHERE membership = 'join' ORDER BY room_id")
        return [r["room_id"] for r in rows]

    async def direct_with(self, user_id: str) -> str | None:
        """The chat that this person opened with the bot, if it is there."""
        row = await self._db.fetch_one(
            "SELECT room_id FROM room WHERE membership = 'join' AND inviter = $1 AND "
            "members <= 2 AND (direct = 1 OR (members = 2 AND named = 0)) ORDER BY room_id LIMIT 1",
            user_id,
        )
        return str(row["room_id"]) if row else None

    async def shut_out(self) -> list[str]:
        """The rooms the bot is in whose list of servers leaves ours out."""
        rows = await self._db.fetch(
            "SELECT room_id FROM room WHERE membership = 'join' AND shut_out = 1 ORDER BY room_id"
        )
        return [r["room_id"] for r in rows]

    async def account(self, user_id: str) -> Account | None:
        """The session of this account, if it has logged in before."""
        row = await self._db.fetch_one("SELECT * FROM account WHERE user_id = $1", user_id)
        return _account(row) if row else None

    async def only_account(self) -> str:
        """The account's id where the settings name none; empty where there isn't exactly one."""
        rows = await self._db.fetch("SELECT user_id FROM account LIMIT 2")
        return str(rows[0]["user_id"]) if len(rows) == 1 else ""

    async def keep_account(self, account: Account) -> None:
        """Write the session; the sync token is moved by `move_since` alone."""
        await self._db.execute(
            "INSERT INTO account (user_id, device_id, access_token, since, refresh_token, expires_at) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id) DO UPDATE SET device_id = excluded.device_id, "
            "access_token = excluded.access_token, refresh_token = excluded.refresh_token, "
            "expires_at = excluded.expires_at",
            account.user_id, account.device_id, account.access_token, account.since, account.refresh_token,
            micros(account.expires_at) if account.expires_at else None,
        )  # fmt: skip

    async def move_since(self, user_id: str, since: str) -> None:
        """Move our sync token on, in the transaction that holds what it brought."""
        await self._db.execute("UPDATE account SET since = $2 WHERE user_id = $1", user_id, since)

    async def move_newest(self, user_id: str, room_id: str, event_id: str) -> None:
        """The newest event we know."""
        await self._db.execute(
            "UPDATE account SET newest_room = $2, newest_event = $3 WHERE user_id = $1", user_id, room_id, event_id
        )


def _account(row: Row) -> Account:
    ends = row["expires_at"]
    return Account(
        row["user_id"],
        row["device_id"],
        row["access_token"],
        row["since"],
        row["refresh_token"],
        instant(ends) if ends is not None else None,
        row["newest_room"],
        row["newest_event"],
    )
