-- +goose Up
-- A mail that somebody else made an address receive. who is a digest of the address.
CREATE TABLE solicitation (
    id TEXT PRIMARY KEY,
    who TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX solicitation_who ON solicitation (who, at);
CREATE INDEX solicitation_at ON solicitation (at);
