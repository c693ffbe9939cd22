-- A search of a room's past: not before `due_at`; with `holds` the room's later events wait for it.
ALTER TABLE gap ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE gap ADD COLUMN holds INTEGER NOT NULL DEFAULT 1;

-- When the room's past was last searched through.
ALTER TABLE room ADD COLUMN searched_at BIGINT NOT NULL DEFAULT 0;

-- A token that ends is renewed: the new pair is written here before it is used.
ALTER TABLE account ADD COLUMN refresh_token TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN expires_at BIGINT;

-- The room that a tombstone names, until that one says the same (then it is `successor`), and what a room says of
-- itself; whether we stand at its door.
ALTER TABLE room ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';
ALTER TABLE room ADD COLUMN predecessor TEXT NOT NULL DEFAULT '';
ALTER TABLE room ADD COLUMN knocking INTEGER NOT NULL DEFAULT 0;
CREATE INDEX room_replaced ON room (replaced_by) WHERE replaced_by <> '';

-- Events of ours that no row of the outbox knows: what a database restored from a snapshot had said already.
CREATE TABLE echo (
    op TEXT PRIMARY KEY,
    event_id TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- The bot's private keys, sealed with the operator's key.
CREATE TABLE secret (
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (user_id, name)
);

-- What leaves first under a limit on sending: 0 is now what isn't limited. `strand`: what reads in order all the same.
ALTER TABLE outbox ADD COLUMN strand TEXT NOT NULL DEFAULT '';
UPDATE outbox SET priority = priority + 1 WHERE state = 'waiting' AND kind NOT IN ('join', 'fetch');
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (seq, room_id, priority, not_before, kind, target) WHERE state = 'waiting';
CREATE INDEX outbox_strand ON outbox (room_id, strand) WHERE state = 'waiting' AND strand <> '';

-- How often a day (UTC) the homeserver held back what we had to say.
CREATE TABLE held_back (
    day TEXT PRIMARY KEY,
    times BIGINT NOT NULL
);

-- Verifications by emoji that others began with the bot; what is secret in them stays in the process.
CREATE TABLE verification (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('begun', 'shown', 'done', 'cancelled')),
    emoji TEXT NOT NULL DEFAULT '[]',
    decimals TEXT NOT NULL DEFAULT '',
    decision TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'yes', 'no')),
    reason TEXT NOT NULL DEFAULT '',
    begun_at BIGINT NOT NULL
);

-- What the homeserver knows a row by, and our own event says it was.
ALTER TABLE outbox ADD COLUMN transaction_id TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_transaction ON outbox (transaction_id);

-- The newest event we know: a homeserver that doesn't was restored from a backup.
ALTER TABLE account ADD COLUMN newest_room TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN newest_event TEXT NOT NULL DEFAULT '';
