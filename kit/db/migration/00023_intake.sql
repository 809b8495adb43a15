-- +goose Up
-- How far the import of a file went that has not come to its end.
CREATE TABLE import_progress (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    records BIGINT NOT NULL,
    digest TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    same BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);
-- What is fetched by itself: when it is due, who is at it, how far it is whole and how
-- it went. Days are YYYY-MM-DD.
CREATE TABLE gazette (
    source TEXT PRIMARY KEY,
    awaited_at BIGINT NOT NULL,
    tells_from TEXT NOT NULL,
    whole_to TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    tried_at BIGINT,
    received_at BIGINT,
    failures BIGINT NOT NULL,
    fault TEXT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    same BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    silent_at BIGINT,
    lease_owner TEXT NOT NULL,
    lease_until BIGINT
);
