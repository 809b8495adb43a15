-- +goose Up
-- A browser that an account has signed in from: it holds the token of which this is
-- the hash. A sign-in gives it another; the one before goes on for a moment, because
-- the answer to a sign-in may be lost, or the form sent twice. A browser that is
-- forgotten stays for a while, for the mails that speak of it.
CREATE TABLE device (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    previous_hash TEXT,
    previous_until BIGINT,
    browser TEXT NOT NULL,
    known_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    forgotten_at BIGINT
);
CREATE INDEX device_account ON device (account_id);
CREATE INDEX device_expires ON device (expires_at);

-- What the page of open sessions names them by: nothing that can be told from the
-- token or its hash.
ALTER TABLE session ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN device_id TEXT NOT NULL DEFAULT '';
UPDATE session SET id = CAST(gen_random_uuid() AS TEXT);
CREATE UNIQUE INDEX session_id ON session (id);
