-- A question of ours that waits for an answer: who may give it, and what becomes of it. It came of `asker`'s message
-- `origin`, and goes with it. `again`: it may be answered anew, by a reply; `answered` then says that it was.
CREATE TABLE question (
    key TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    room_id TEXT NOT NULL,
    person TEXT NOT NULL DEFAULT '',
    options TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT '',
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    origin TEXT NOT NULL DEFAULT '',
    asker TEXT NOT NULL DEFAULT '',
    again INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX question_room ON question (room_id, person, asked_at);
CREATE INDEX question_person ON question (person, asked_at);
CREATE INDEX question_asker ON question (asker, asked_at);
CREATE INDEX question_origin ON question (origin);

-- What a name that several share stands for in a room, as somebody there chose.
CREATE TABLE chosen_name (
    room_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    typed TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (room_id, kind, typed)
);

-- What was found out about a tool, by topic. Facts are only added; a redacted answer takes its fact with it.
CREATE TABLE fact (
    id TEXT PRIMARY KEY,
    tool_id TEXT NOT NULL REFERENCES tool (id),
    topic TEXT NOT NULL,
    claim TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    source_url TEXT NOT NULL DEFAULT '',
    stated_on TEXT NOT NULL,
    answer_event TEXT NOT NULL DEFAULT '',
    added_at BIGINT NOT NULL
);
CREATE INDEX fact_tool ON fact (tool_id);
CREATE INDEX fact_answer ON fact (answer_event) WHERE answer_event <> '';

-- A person's word on being asked by us ('' none yet, 'yes', 'no'), and when we last did.
CREATE TABLE contact (
    user_id TEXT PRIMARY KEY,
    consent TEXT NOT NULL DEFAULT '' CHECK (consent IN ('', 'yes', 'no')),
    language TEXT NOT NULL DEFAULT '',
    last_asked_at BIGINT
);

-- Entries somebody was asked about: each once until it is said anew, or later if that is what was answered.
CREATE TABLE reminder (
    organisation_id TEXT NOT NULL,
    tool_id TEXT NOT NULL,
    relation TEXT NOT NULL,
    confirmed_on TEXT NOT NULL,
    person TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    again_at BIGINT,
    PRIMARY KEY (organisation_id, tool_id, relation, confirmed_on)
);

-- A steward may let the bot answer what is surely a question, though it wasn't addressed.
ALTER TABLE room ADD COLUMN listening INTEGER NOT NULL DEFAULT 0;

-- A request may be the checking of a claim about a tool; its answer is kept for the next who asks.
ALTER TABLE request ADD COLUMN kind TEXT NOT NULL DEFAULT 'help';
ALTER TABLE request ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN answer_event TEXT NOT NULL DEFAULT '';
CREATE INDEX request_tool ON request (tool_id, opened_at);
CREATE INDEX request_answer ON request (answer_event) WHERE answer_event <> '';

-- Bodies that took over from an abolished one may be several.
ALTER TABLE organisation ADD COLUMN successors TEXT NOT NULL DEFAULT '[]';
UPDATE organisation SET successors = '["' || successor || '"]' WHERE successor <> '';
ALTER TABLE organisation DROP COLUMN successor;
