-- +goose Up
-- Somebody asked to choose another password. who is a digest of the account, or of
-- what was typed when nobody has it: both leave the same row. The token's hash and
-- its end are written when the mail is composed. address_key is where the link is
-- sent: it opens nothing once the account has another address.
CREATE TABLE password_reset (
    id TEXT PRIMARY KEY,
    who TEXT NOT NULL,
    account_id TEXT REFERENCES account (id) ON DELETE CASCADE,
    address_key TEXT,
    token_hash TEXT UNIQUE,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT,
    closed_at BIGINT
);
CREATE INDEX password_reset_who ON password_reset (who, asked_at);
CREATE INDEX password_reset_account ON password_reset (account_id);
