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
