-- +goose Up
-- What changed, for whoever keeps a copy in memory; kept for a day of the machine's
-- clock.
CREATE TABLE change (
    id TEXT PRIMARY KEY,
    tx BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX change_tx ON change (tx);
CREATE INDEX change_at ON change (at);
