-- +goose Up
-- An address of a company's own systems that is told at once of what matches a watch.
-- The secret signs what is sent: it has to be read back, so it is no hash. The former
-- one signs too until old_until, so that a receiver is never without the right one.
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    watch_id TEXT NOT NULL REFERENCES watch (id),
    address TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT NOT NULL DEFAULT '',
    old_until BIGINT,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    suspended_at BIGINT,
    failing_since BIGINT,
    failures BIGINT NOT NULL DEFAULT 0,
    retry_at BIGINT,
    UNIQUE (watch_id, address)
);
-- One thing told to one webhook: a notice, and then what becomes of it (revision), or a
-- trial, which is of no notice. deadline and cancelled are what it was told.
CREATE TABLE webhook_delivery (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhook (id),
    notice_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    reason TEXT NOT NULL,
    deadline BIGINT,
    deadline_before BIGINT,
    cancelled BOOLEAN NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    lease_until BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    tried_at BIGINT,
    status BIGINT NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT '',
    delivered_at BIGINT,
    ended_at BIGINT
);
CREATE UNIQUE INDEX webhook_delivery_once ON webhook_delivery (webhook_id, notice_id, revision) WHERE notice_id <> '';
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at) WHERE ended_at IS NULL;
CREATE INDEX webhook_delivery_notice ON webhook_delivery (notice_id);
