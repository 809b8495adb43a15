-- +goose Up
-- The journal: what happened, by whom, when. Append-only (see the dialect's file).
CREATE TABLE event (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX event_subject ON event (subject, at);
CREATE INDEX event_at ON event (at);
