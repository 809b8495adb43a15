-- +goose Up
-- The records as they were received, many of one import compressed together. Those that
-- came before stay where they are, in notice_raw.
CREATE TABLE raw_pack (
    id TEXT PRIMARY KEY,
    body BYTEA NOT NULL
);
ALTER TABLE notice ADD COLUMN raw_pack_id TEXT;
ALTER TABLE notice ADD COLUMN raw_at BIGINT;
ALTER TABLE notice ADD COLUMN raw_size BIGINT;
