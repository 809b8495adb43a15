-- +goose Up
-- Somebody wants another address for their account: nothing changes until the new
-- one has answered. The token's hash is written when the mail is composed. An address
-- that somebody else has leaves the same row, and its link is never made.
CREATE TABLE address_change (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    token_hash TEXT UNIQUE,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX address_change_account ON address_change (account_id, asked_at);

-- An address that an account had. Until then nobody else may have it, and who holds
-- its mailbox may take it back: until runs from when the mail that says so is
-- composed. closed_at: taken back, or made void by one that was left before it.
-- Taking it back empties account.password_hash: no password opens the account then.
CREATE TABLE former_address (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    token_hash TEXT UNIQUE,
    left_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX former_address_key ON former_address (address_key);
CREATE INDEX former_address_account ON former_address (account_id, left_at);

-- A recipient that has followed a person from one address to another says whose it
-- is. On one that is removed: it stood at the address that the person took, and comes
-- back when they leave it.
ALTER TABLE watch_recipient ADD COLUMN account_id TEXT;
