-- +goose Up
-- A company's market watch. num is its small number in the engine; scope is the
-- establishment, or one person's own while they are not approved.
CREATE TABLE watch (
    id TEXT PRIMARY KEY,
    num BIGINT NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    establishment_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    criteria TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    active_since BIGINT,
    frequency TEXT NOT NULL,
    hour BIGINT NOT NULL,
    rhythm_since BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX watch_name ON watch (scope, name_key) WHERE deleted_at IS NULL;

CREATE TABLE watch_recipient (
    id TEXT PRIMARY KEY,
    watch_id TEXT NOT NULL REFERENCES watch (id),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    main BOOLEAN NOT NULL,
    asked_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    stopped_at BIGINT,
    failed_at BIGINT,
    removed_at BIGINT,
    token_hash TEXT UNIQUE
);
CREATE UNIQUE INDEX watch_recipient_once ON watch_recipient (watch_id, address_key) WHERE removed_at IS NULL;
CREATE INDEX watch_recipient_address ON watch_recipient (address_key);
