-- Whether the room's list of servers (`m.room.server_acl`) leaves ours out.
ALTER TABLE room ADD COLUMN shut_out INTEGER NOT NULL DEFAULT 0;

-- The Megolm session of an event that couldn't be read, "" if it came before this column; looked through without
-- touching what was encrypted.
ALTER TABLE inbox ADD COLUMN session_id TEXT NOT NULL DEFAULT '';
DROP INDEX inbox_locked;
CREATE INDEX inbox_locked ON inbox (room_id, sender, batch, place, received_at, session_id, event_id, state)
    WHERE state = 'locked';

-- By which key of which ratchet an event was encrypted: a second event by the same one is a replay of the first.
ALTER TABLE inbox ADD COLUMN ratchet TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX inbox_ratchet ON inbox (ratchet) WHERE ratchet <> '';

-- What is to be fetched again when its key has come.
CREATE INDEX outbox_unread ON outbox (target) WHERE kind = 'fetch' AND state = 'superseded';
