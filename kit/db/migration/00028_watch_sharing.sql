-- +goose Up
-- A watch may be shown to the other establishments of its company, since that moment;
-- edited_by is the account that last saved its form.
ALTER TABLE watch ADD COLUMN shared_at BIGINT;
ALTER TABLE watch ADD COLUMN edited_by TEXT;
