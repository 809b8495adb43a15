-- +goose Up
-- How often, and when last, other notices altered what stands of one. What they said of it
-- (notice_change) goes when one of them takes it back; a diary must still hear that the
-- event has changed once more, never less.
ALTER TABLE notice ADD COLUMN altered_at BIGINT;
ALTER TABLE notice ADD COLUMN alterations BIGINT NOT NULL DEFAULT 0;
UPDATE notice SET
    altered_at = (SELECT MAX(c.noted_at) FROM notice_change c WHERE c.notice_id = notice.id AND c.what <> 'restated'),
    alterations = (SELECT count(*) FROM notice_change c WHERE c.notice_id = notice.id AND c.what <> 'restated')
WHERE id IN (SELECT notice_id FROM notice_change WHERE what <> 'restated');
