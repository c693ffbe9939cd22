"""One verification, from "ready" to "done": which message may come when, and what is answered to it.

Sans-I/O: it is told what came and what a person decided, and says what to send. The bot begins none of its own accord,
but after "ready" either side may propose the method.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from bot.matrix.crypto.signing import canonical
from bot.matrix.crypto.verification.messages import METHOD, Cancelled, Kind, Letter, Message, Thread
from bot.matrix.crypto.verification.sas import (
    HASH,
    KEY_AGREEMENT,
    MAC,
    STRINGS,
    Agreement,
    KeyMismatch,
    Party,
    ShortString,
    commitment,
    is_committed,
)

PATIENCE = timedelta(minutes=10)  # for the whole (spec, "General key verification error handling")
COURTESY = timedelta(seconds=10)  # in which they may propose a method; then we do

TOO_LONG = Cancelled("m.timeout", "it took longer than 10 minutes")

CODE = re.compile(r"[A-Za-z0-9_.]{1,64}")  # it comes before an operator's eyes, and into the database


class State(StrEnum):
    """Where the dialogue stands, by what is waited for."""

    READY = "ready"  # a proposal
    PROPOSED = "proposed"  # the answer to ours
    ACCEPTED = "accepted"  # their key: we have bound ourselves to ours
    BOUND = "bound"  # their key: they have bound themselves to it
    SHOWN = "shown"  # a person's word
    ATTESTED = "attested"  # a person's word: their MACs are here already, and right
    CONFIRMED = "confirmed"  # their MACs
    DONE = "done"
    CANCELLED = "cancelled"


OVER = (State.DONE, State.CANCELLED)
WAITING = (State.SHOWN, State.ATTESTED)


@dataclass
class Dialogue:
    """A verification between one of their devices and ours."""

    thread: Thread
    us: Party
    them: Party
    began_at: datetime
    state: State = State.READY
    shown: ShortString | None = None
    verified: frozenset[str] = frozenset()
    ended: Cancelled | None = None
    _agreement: Agreement = field(default_factory=Agreement, repr=False)
    _start: dict[str, Any] = field(default_factory=dict, repr=False)
    _promised: str = field(default="", repr=False)
    _we_started: bool = False
    _heard: set[bytes] = field(default_factory=set, repr=False)

    def ready(self, request: Message) -> list[Letter]:
        """Our answer to a request."""
        self._heard.add(_digest(request))
        return [self._letter(Kind.READY, {"from_device": self.us.device_id, "methods": [METHOD]})]

    def hear(self, message: Message) -> list[Letter]:
        """What is answered. The same message a second time (a replayed sync) is nothing."""
        digest = _digest(message)
        if self.state in OVER or digest in self._heard:
            return []
        self._heard.add(digest)
        step = TRANSITIONS[self.state].get(message.kind)
        try:
            if message.kind is Kind.CANCEL:
                code = message.text("code")
                self._end(Cancelled("theirs", code if CODE.fullmatch(code) else "no code"))
                return []
            if step is None:
                raise Cancelled("m.unexpected_message", f"{message.kind} is not expected now")
            return step(self, message)
        except Cancelled as ended:
            return self.cancel(ended)

    def decide(self, matches: bool) -> list[Letter]:
        """A person has compared the emoji."""
        if self.state not in WAITING:
            return []
        if not matches:
            return self.cancel(Cancelled("m.mismatched_sas", "the emoji are not the same"))
        macs = self._letter(Kind.MAC, self._agreement.macs(self.us, self.them, self.thread.transaction))
        if self.state is State.SHOWN:
            self.state = State.CONFIRMED
            return [macs]
        return [macs, *self._finish()]

    def pass_time(self, now: datetime) -> list[Letter]:
        """What is to be said because nothing was."""
        if self.state not in OVER and now >= self.began_at + PATIENCE:
            return self.cancel(TOO_LONG)
        if self.state is State.READY and now >= self.began_at + COURTESY:
            return self._propose()
        return []

    def cancel(self, ended: Cancelled) -> list[Letter]:
        """End it, and say so."""
        self._end(ended)
        return [self._letter(Kind.CANCEL, ended.content)]

    def _end(self, ended: Cancelled) -> None:
        self.state, self.ended = State.CANCELLED, ended

    def _letter(self, kind: Kind, content: dict[str, Any]) -> Letter:
        return Letter(kind, self.thread.addressed(content))

    # --- who proposes --------------------------------------------------------------------------------

    def _propose(self) -> list[Letter]:
        letter = self._letter(
            Kind.START,
            {
                "from_device": self.us.device_id,
                "method": METHOD,
                "key_agreement_protocols": [KEY_AGREEMENT],
                "hashes": [HASH],
                "message_authentication_codes": [MAC],
                "short_authentication_string": list(STRINGS),
            },
        )
        self._start, self._we_started, self.state = letter.content, True, State.PROPOSED
        return [letter]

    def _both_proposed(self, message: Message) -> list[Letter]:
        """Of two proposals that crossed, that of the larger user id counts for nothing."""
        if message.text("method") != METHOD:
            raise Cancelled("m.unexpected_message", "two methods are proposed")
        if self.us.user_id < self.them.user_id:
            return []
        self._we_started = False
        return self._accept(message)

    def _accept(self, message: Message) -> list[Letter]:
        if message.text("from_device") != self.them.device_id:
            raise Cancelled("m.user_mismatch", "another device than the one that began")
        strings = [string for string in STRINGS if string in message.texts("short_authentication_string")]
        offered = (
            (METHOD, (message.text("method"),)),
            (KEY_AGREEMENT, message.texts("key_agreement_protocols")),
            (HASH, message.texts("hashes")),
            (MAC, message.texts("message_authentication_codes")),
        )
        missing = [ours for ours, theirs in offered if ours not in theirs]
        if missing or not strings:
            raise Cancelled("m.unknown_method", f"needed: {', '.join(missing or STRINGS)}")
        self.state = State.ACCEPTED
        return [
            self._letter(
                Kind.ACCEPT,
                {
                    "key_agreement_protocol": KEY_AGREEMENT,
                    "hash": HASH,
                    "message_authentication_code": MAC,
                    "short_authentication_string": strings,
                    "commitment": commitment(self._agreement.public_key, message.content),
                },
            )
        ]

    def _bind(self, message: Message) -> list[Letter]:
        """They accept our proposal, and are bound to a key."""
        chosen = [message.text(key) for key in ("key_agreement_protocol", "hash", "message_authentication_code")]
        strings = message.texts("short_authentication_string")
        if chosen != [KEY_AGREEMENT, HASH, MAC] or not set(strings) & set(STRINGS):
            raise Cancelled("m.unknown_method", "something that was not offered was chosen")
        self._promised = message.text("commitment")
        self.state = State.BOUND
        return [self._our_key()]

    # --- keys, comparison, MACs ----------------------------------------------------------------------

    def _our_key(self) -> Letter:
        return self._letter(Kind.KEY, {"key": self._agreement.public_key})

    def _answer_key(self, message: Message) -> list[Letter]:
        self._show(message.text("key"))
        return [self._our_key()]

    def _check_key(self, message: Message) -> list[Letter]:
        if not is_committed(self._promised, message.text("key"), self._start):
            raise Cancelled("m.mismatched_commitment", "the key is not the one that was promised")
        self._show(message.text("key"))
        return []

    def _show(self, their_key: str) -> None:
        try:
            self._agreement.agree(their_key)
        except ValueError as error:
            raise Cancelled("m.invalid_message", "that is no key") from error
        self.shown = self._agreement.short_string(self.us, self.them, self._we_started, self.thread.transaction)
        self.state = State.SHOWN

    def _check_macs(self, message: Message) -> None:
        mac, keys = message.content.get("mac"), message.content.get("keys")
        try:
            self.verified = self._agreement.check(self.us, self.them, self.thread.transaction, mac, keys)
        except KeyMismatch as error:
            raise Cancelled("m.key_mismatch", "a key is not the one we know") from error

    def _attest(self, message: Message) -> list[Letter]:
        self._check_macs(message)
        self.state = State.ATTESTED
        return []

    def _close(self, message: Message) -> list[Letter]:
        self._check_macs(message)
        return self._finish()

    def _finish(self) -> list[Letter]:
        self.state = State.DONE
        return [self._letter(Kind.DONE, {})]


def _digest(message: Message) -> bytes:
    return sha256(message.kind.encode() + canonical(message.content)).digest()


TRANSITIONS: dict[State, dict[Kind, Callable[[Dialogue, Message], list[Letter]]]] = {
    State.READY: {Kind.START: Dialogue._accept},
    State.PROPOSED: {Kind.START: Dialogue._both_proposed, Kind.ACCEPT: Dialogue._bind},
    State.ACCEPTED: {Kind.KEY: Dialogue._answer_key},
    State.BOUND: {Kind.KEY: Dialogue._check_key},
    State.SHOWN: {Kind.MAC: Dialogue._attest},
    State.ATTESTED: {},
    State.CONFIRMED: {Kind.MAC: Dialogue._close},
}
