-- +goose Up
-- What the results that follow a call say of it: awarded, in part, or not at all.
ALTER TABLE notice ADD COLUMN result TEXT NOT NULL DEFAULT '';
UPDATE notice SET result = 'awarded' WHERE awarded_on <> '';
