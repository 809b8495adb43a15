-- +goose Up
-- A person. The address is accepted once on the whole platform.
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL,
    login_key TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Somebody asked for an account: nothing exists until the address has answered.
-- The token's hash is written when the mail is composed. number is the SIRET when
-- the country is FR, the national identifier elsewhere.
CREATE TABLE sign_up (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    number TEXT NOT NULL,
    company_name TEXT NOT NULL,
    token_hash TEXT UNIQUE,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX sign_up_address ON sign_up (address_key, asked_at);

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    membership_id TEXT NOT NULL,
    browser TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires_at);

-- Failed attempts, shared by all replicas: per account, per network, and per
-- account in a network it has signed in from before. Keys are digests. Taking the
-- row is also the lock of what it counts. After keep_until it means nothing.
CREATE TABLE attempt (
    key TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    blocked_until BIGINT,
    keep_until BIGINT NOT NULL
);
CREATE INDEX attempt_keep ON attempt (keep_until);

-- A person in a company's establishment. A row that is not approved yet lets the
-- person act in their own name, apart from the company's data.
CREATE TABLE membership (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    establishment_id TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    approved_at BIGINT,
    ended_at BIGINT
);
CREATE UNIQUE INDEX membership_once ON membership (account_id, establishment_id) WHERE ended_at IS NULL;
CREATE INDEX membership_establishment ON membership (establishment_id);
