-- Requests that wait for a call, each with its timer; placeholders in braces are filled in by timers.py.
CREATE TEMPORARY TABLE made AS
WITH RECURSIVE
    numbers (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {open}),
    tools (place, tool_id, tool_name) AS (VALUES {tools}),
    rooms (place, room_id) AS (VALUES {rooms})
SELECT n, tool_id, tool_name, room_id, tools.place AS tool, {now} - {day} AS at, {now} + 20 * {day} + n AS due
FROM numbers JOIN tools ON tools.place = n * 7919 % 1000003 % {tool_count} JOIN rooms ON rooms.place = n % {room_count};

INSERT INTO request (number, question_event, room_id, asker, asker_organisation, tool_id, tool_name, text, language,
    state, opened_at, changed_at, ladder, promise, promised_to, promised_at, rung_since)
SELECT n, '$q' || n, room_id, '@person' || (n % {askers}) || ':example.org', 'body:' || (n % {councils}), tool_id,
    tool_name, 'number ' || n, 'en', 'open', at, at, '{ladder}', '{promise}',
    'body:' || ((tool + 20 * (n % 3)) % {councils}), due, at
FROM made;

INSERT INTO timer (key, kind, subject, due_at, try_at)
SELECT 'rung:' || n, 'rung', 'request:' || n, due, due FROM made;

INSERT INTO counter (name, value) VALUES ('request', {open}), ('outbox', 1), ('batch', 1);
DROP TABLE made;
