-- +goose Up
-- The private address of a watch's feed: one person's, in one format. Its secret is the
-- address; only the hash is here. The membership is that under which it was made: when
-- it has ended, nobody is let in, whether the row is still there or not.
CREATE TABLE feed (
    id TEXT PRIMARY KEY,
    watch_id TEXT NOT NULL REFERENCES watch (id),
    account_id TEXT NOT NULL,
    membership_id TEXT NOT NULL,
    format TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    used_on TEXT NOT NULL DEFAULT '',
    UNIQUE (watch_id, account_id, format)
);
CREATE INDEX feed_account ON feed (account_id);
-- Calls that were given up and whose deadline is still to come: diaries that have it
-- must hear of it.
CREATE INDEX notice_cancelled ON notice (deadline) WHERE cancelled_at IS NOT NULL;
