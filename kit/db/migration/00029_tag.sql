-- +goose Up
-- What an establishment, or one person who is not approved, decided about a contract.
-- Who decides last is who counts; what each has noted is their own row.
CREATE TABLE tag (
    scope TEXT NOT NULL,
    establishment_id TEXT NOT NULL,
    notice_id TEXT NOT NULL REFERENCES notice (id),
    choice TEXT NOT NULL,
    account_id TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (scope, notice_id)
);
CREATE TABLE tag_note (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    establishment_id TEXT NOT NULL,
    notice_id TEXT NOT NULL REFERENCES notice (id),
    account_id TEXT,
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
-- One note of each person; of those who are gone there may be several.
CREATE UNIQUE INDEX tag_note_once ON tag_note (scope, notice_id, account_id);
CREATE INDEX tag_note_account ON tag_note (account_id);
CREATE INDEX tag_account ON tag (account_id);
