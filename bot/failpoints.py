"""Named steps at which the process can be made to die, as by SIGKILL: how `make faults` proves that nothing is lost."""

import os

VARIABLE = "TOWNCLERK_FAILPOINT"
KILLED = 137  # what a shell reports of a process that was killed

STEPS = (
    "hear.received",  # a sync response is here, nothing of it is saved
    "hear.begun",  # its transaction has begun
    "hear.saved",  # about to be committed
    "hear.committed",
    "fill.received",
    "fill.committed",
    "think.begun",
    "think.thought",  # an event was handled, not committed
    "think.committed",
    "timer.selected",
    "timer.fired",  # a timer was handled, not committed
    "timer.committed",
    "say.trying",  # the row's words are fixed, nothing is sent
    "say.sending",  # the request is about to leave
    "say.sent",  # the homeserver has it, nothing is marked
    "say.marked",
    "keys.received",  # nio has taken the keys of a sync response, our token is the old one
    "keys.uploaded",
    "identity.saved",  # the bot's cross-signing keys are made and sealed, nothing is uploaded
    "identity.uploaded",
    "identity.signed",  # our device, and by it the master key
    "identity.stored",  # in the secret storage, for the next device
    "identity.restored",  # from there, and sealed
    "token.refreshed",  # the new pair is saved, not used yet
    "migration.begun",  # some of a migration is done
    "lease.acquired",
)


def _wanted(value: str) -> tuple[str, int]:
    """`name` or `name:3`, the third time."""
    name, _, count = value.partition(":")
    return name, int(count) if count.isdecimal() else 1


_name, _left = _wanted(os.environ.get(VARIABLE, ""))


def reach(step: str) -> None:
    """Die here if the environment says so: at once, no handler run, no buffer written."""
    global _left
    if step != _name:
        return
    _left -= 1
    if _left <= 0:
        os._exit(KILLED)
