-- The answers that are found again. Only the words that carry the meaning are kept here; the index has nothing but marks
-- made of tool and word (`bot/store/answers.py`), and how many answers have each.
CREATE TABLE past_answer (
    number INTEGER PRIMARY KEY,
    tool_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE VIRTUAL TABLE past_answer_index USING fts5 (marks, content = '', columnsize = 0, detail = none, tokenize = ascii);
CREATE TABLE past_answer_mark (
    mark TEXT PRIMARY KEY,
    answers BIGINT NOT NULL
) WITHOUT ROWID;
