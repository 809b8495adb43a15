-- +goose Up
-- An authenticator application. The secret is what it is: it can only be compared with
-- by being known. last_step is the step of the last code accepted: none serves twice.
CREATE TABLE totp (
    account_id TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- A passkey: what checks its signatures, no secret. credential_id and public_key are in
-- base64url; the name is its owner's.
CREATE TABLE passkey (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    credential_id TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    transports TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkey_account ON passkey (account_id);

CREATE TABLE recovery_code (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, code_hash)
);

-- A factor that somebody is adding, in one session, having proved their password: an
-- application (secret) or a passkey (name). ceremony is the server's half of what the
-- browser was asked, good once and until ceremony_until.
CREATE TABLE factor_draft (
    session_hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    secret TEXT,
    name TEXT,
    ceremony TEXT,
    ceremony_until BIGINT,
    expires_at BIGINT NOT NULL
);

-- A sign-in under way in one browser: after the right password of an account that asks
-- for more, or without an account while a passkey is to say whose it is. wrong counts
-- its wrong codes.
CREATE TABLE pending_sign_in (
    token_hash TEXT PRIMARY KEY,
    account_id TEXT REFERENCES account (id) ON DELETE CASCADE,
    wrong BIGINT NOT NULL,
    ceremony TEXT,
    ceremony_until BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_sign_in_account ON pending_sign_in (account_id);
CREATE INDEX pending_sign_in_expires ON pending_sign_in (expires_at);
