-- +goose Up
-- A slot is a stretch of the stream of matched notices: closed under a lock that
-- matchers share, so a notice belongs to exactly one.
CREATE TABLE slot (
    number BIGINT PRIMARY KEY,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE TABLE notice_match (
    notice_id TEXT PRIMARY KEY,
    slot BIGINT NOT NULL,
    watches TEXT NOT NULL,
    matched_at BIGINT NOT NULL
);
CREATE INDEX notice_match_slot ON notice_match (slot);

-- One row per hour for which digests go out, so that replicas cannot double it;
-- hours lists those that it serves, the missed ones with it.
CREATE TABLE digest_run (
    day TEXT NOT NULL,
    hour BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    hours TEXT NOT NULL,
    ran_at BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (day, hour)
);
-- The last slot that a watch's digest has answered for.
CREATE TABLE watch_progress (
    watch_id TEXT PRIMARY KEY,
    slot BIGINT NOT NULL
);

-- One message to one recipient, and what it is about. The token's hash is
-- written when it is composed: the link that stops the watches it names.
CREATE TABLE mailing (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    slot BIGINT,
    token_hash TEXT UNIQUE,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX mailing_digest ON mailing (address_key, slot) WHERE kind = 'digest';
CREATE TABLE mailing_item (
    mailing_id TEXT NOT NULL REFERENCES mailing (id),
    notice_id TEXT NOT NULL,
    watches TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (mailing_id, notice_id)
);
-- The recipient's ledger: exactly one message per recipient and notice.
CREATE TABLE told (
    address_key TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    mailing_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (address_key, notice_id)
);
