-- +goose Up
-- What changed, for whoever keeps a copy in memory; kept for a day of the machine's
-- clock.
CREATE TABLE change (
    -- Never given twice: a follower that has seen a number has seen all below it.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    tx BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX change_at ON change (at);
