-- +goose Up
-- A call as anybody can read it, whatever its source.
CREATE TABLE notice (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    procedure_type TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    reference TEXT NOT NULL,
    buyer_id TEXT NOT NULL,
    buyer_name TEXT NOT NULL,
    departments TEXT NOT NULL,
    cpv TEXT NOT NULL,
    descriptors TEXT NOT NULL,
    lots TEXT NOT NULL,
    detail TEXT NOT NULL,
    published_on TEXT NOT NULL,
    deadline BIGINT,
    deadline_raw TEXT NOT NULL,
    deadline_source TEXT NOT NULL,
    deadline_doubtful BOOLEAN NOT NULL,
    visit_at BIGINT,
    questions_until BIGINT,
    url TEXT NOT NULL,
    linked TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    cancelled_at BIGINT,
    UNIQUE (source, source_id)
);
-- The record as it was received, to read again when we learn to read more of it.
CREATE TABLE notice_raw (
    notice_id TEXT PRIMARY KEY REFERENCES notice (id),
    raw TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
-- Which notices say that they change or follow which, read from the other end.
CREATE TABLE notice_link (
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    notice_id TEXT NOT NULL REFERENCES notice (id),
    PRIMARY KEY (source, target, notice_id)
);
