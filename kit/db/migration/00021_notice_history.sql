-- +goose Up
-- What tells which of two states of a notice is the later one, and the states that
-- another has replaced: an old export brings none of them back.
ALTER TABLE notice ADD COLUMN stamp BIGINT;
ALTER TABLE notice ADD COLUMN partial BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE notice_superseded (
    notice_id TEXT NOT NULL REFERENCES notice (id),
    content_hash TEXT NOT NULL,
    superseded_at BIGINT NOT NULL,
    PRIMARY KEY (notice_id, content_hash)
);
-- Other numbers under which notices refer to this one.
ALTER TABLE notice ADD COLUMN aliases TEXT NOT NULL DEFAULT '';
CREATE TABLE notice_alias (
    source TEXT NOT NULL,
    alias TEXT NOT NULL,
    notice_id TEXT NOT NULL REFERENCES notice (id),
    PRIMARY KEY (source, alias, notice_id)
);
-- The deadline that the notice itself has; deadline is the one that stands, once the
-- notices that follow have moved it.
ALTER TABLE notice ADD COLUMN own_deadline BIGINT;
ALTER TABLE notice ADD COLUMN own_doubtful BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE notice SET own_deadline = deadline, own_doubtful = deadline_doubtful;
ALTER TABLE notice ADD COLUMN awarded_on TEXT NOT NULL DEFAULT '';
-- What became of a notice, and by which other: its deadline moved, it was cancelled,
-- reopened, awarded; or restated, by a later state of itself.
CREATE TABLE notice_change (
    notice_id TEXT NOT NULL REFERENCES notice (id),
    by_id TEXT NOT NULL REFERENCES notice (id),
    what TEXT NOT NULL,
    before BIGINT,
    after BIGINT,
    doubtful BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (notice_id, what, by_id, position)
);
CREATE INDEX notice_change_by ON notice_change (by_id);
