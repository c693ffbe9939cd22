-- Whether the room's list of servers (`m.room.server_acl`) leaves ours out.
ALTER TABLE room ADD COLUMN shut_out INTEGER NOT NULL DEFAULT 0;
