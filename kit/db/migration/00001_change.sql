-- +goose Up
-- What changed, for whoever keeps a copy in memory; kept for a day.
CREATE TABLE change (
    id TEXT PRIMARY KEY,
    tx BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX change_tx ON change (tx);
CREATE INDEX change_at ON change (at);

-- Numbers handed out one by one, and single values of the platform.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
