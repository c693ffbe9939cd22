"""A verification as it is carried out: what came is heard, what is to be said is brought, their key is signed."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.matrix.crypto.identity import Identity
from bot.matrix.crypto.verification.courier import Courier
from bot.matrix.crypto.verification.dialogue import PATIENCE, TOO_LONG, WAITING, Dialogue, State
from bot.matrix.crypto.verification.messages import Cancelled, Kind, Letter, Message, Thread
from bot.matrix.crypto.verification.sas import Party, ShortString
from bot.turn.chat import Refused, TryLater

log = structlog.get_logger()

MOST_UNREAD = 20
AGAIN = 2.0  # seconds, if the homeserver doesn't say


@dataclass
class Exchange:
    """One of them; nothing that goes wrong in it holds up another. Refused from the start, it has only `refusal`."""

    id: str
    thread: Thread
    device_id: str
    began_at: datetime
    refusal: Cancelled | None = None
    _unread: deque[Message] = field(default_factory=deque)
    _letters: deque[Letter] = field(default_factory=deque)
    _dialogue: Dialogue | None = None
    _master_keys: Mapping[str, Any] = field(default_factory=dict)
    _signed: bool = False
    _retry_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.refusal:
            self._letters.append(Letter(Kind.CANCEL, self.thread.addressed(self.refusal.content)))

    def receive(self, message: Message) -> None:
        """It will be heard in its turn."""
        if len(self._unread) < MOST_UNREAD:
            self._unread.append(message)

    def refuse(self, why: Cancelled) -> None:
        """End it, whatever it has come to."""
        if self.ended or (self._dialogue and self._dialogue.state is State.DONE):
            return
        self.refusal = why
        self._unread.clear()
        self._letters = deque([Letter(Kind.CANCEL, self.thread.addressed(why.content))])

    def decide(self, matches: bool) -> None:
        """A person has compared what both sides show."""
        if self._dialogue and not self.refusal:
            self._letters += self._dialogue.decide(matches)

    @property
    def shown(self) -> ShortString | None:
        """What is to be compared now."""
        waiting = self._dialogue and not self.refusal and self._dialogue.state in WAITING
        return self._dialogue.shown if waiting and self._dialogue else None

    @property
    def ended(self) -> Cancelled | None:
        """Why, if it was cancelled."""
        return self.refusal or (self._dialogue.ended if self._dialogue else None)

    @property
    def over(self) -> bool:
        """Whether nothing is left to be done."""
        if self._letters:
            return False
        return self.ended is not None or self._signed

    async def advance(self, courier: Courier, identity: Identity, now: datetime) -> None:
        """Do what can be done now."""
        if now >= self.began_at + 2 * PATIENCE:  # what couldn't be said in this time nobody waits for
            self._give_up()
        if now >= self.began_at + PATIENCE and self._dialogue is None:
            self.refuse(TOO_LONG)
        if self._retry_at and now < self._retry_at:
            return
        self._retry_at = None
        try:
            await self._open(courier, identity)
            self._hear(now)
            while self._letters:
                letter = self._letters[0]
                await courier.bring(self.thread, self.device_id, letter)
                if self._letters and self._letters[0] is letter:  # meanwhile it may have been refused
                    self._letters.popleft()
            await self._sign(identity)
        except TryLater as error:
            self._retry_at = now + timedelta(seconds=error.seconds or AGAIN)
        except Refused as error:
            log.warning("verification can't go on", id=self.id, reason=error.reason)
            self._give_up()

    def _give_up(self) -> None:
        self._letters.clear()
        self._signed = self._dialogue is not None and self._dialogue.state is State.DONE
        if not self._signed and not self.ended:
            self.refusal = Cancelled("m.user", "the homeserver refuses, or doesn't answer")

    async def _open(self, courier: Courier, identity: Identity) -> None:
        """Learn whose keys are to be verified, and answer the request."""
        if self._dialogue or self.refusal or not self._unread:
            return
        them, self._master_keys = await courier.party(self.thread.user_id, self.device_id)
        if them is None:
            self.refuse(Cancelled("m.key_mismatch", "the homeserver knows no keys of this device"))
        if self.refusal or them is None:  # perhaps meanwhile
            return
        crypto = courier.crypto
        us = Party(crypto.user_id, crypto.device_id, crypto.ed25519, identity.master_public)
        self._dialogue = Dialogue(self.thread, us, them, self.began_at)
        if self._unread[0].kind is Kind.REQUEST:
            self._letters += self._dialogue.ready(self._unread.popleft())

    def _hear(self, now: datetime) -> None:
        dialogue = self._dialogue
        if dialogue is None or self.refusal:
            return
        while self._unread:
            self._letters += dialogue.hear(self._unread.popleft())
        self._letters += dialogue.pass_time(now)

    async def _sign(self, identity: Identity) -> None:
        """Say to the homeserver that the person behind the master key is who they say."""
        dialogue = self._dialogue
        if dialogue is None or dialogue.state is not State.DONE or self._signed:
            return
        master = dialogue.them.master
        if master and f"ed25519:{master}" in dialogue.verified:
            try:
                await identity.sign_user(self.thread.user_id, self._master_keys)
            except Refused as error:
                log.warning("a verified person's key isn't signed", user_id=self.thread.user_id, reason=error.reason)
        self._signed = True
