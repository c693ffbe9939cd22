-- A search of a room's past: not before `due_at`; with `holds` the room's later events wait for it.
ALTER TABLE gap ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE gap ADD COLUMN holds INTEGER NOT NULL DEFAULT 1;

-- When the room's past was last searched through.
ALTER TABLE room ADD COLUMN searched_at BIGINT NOT NULL DEFAULT 0;

-- A token that ends is renewed: the new pair is written here before it is used.
ALTER TABLE account ADD COLUMN refresh_token TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN expires_at BIGINT;

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

-- What the homeserver knows a row by, and our own event says it was.
ALTER TABLE outbox ADD COLUMN transaction_id TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_transaction ON outbox (transaction_id);

-- The newest event we know: a homeserver that doesn't was restored from a backup.
ALTER TABLE account ADD COLUMN newest_room TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN newest_event TEXT NOT NULL DEFAULT '';
