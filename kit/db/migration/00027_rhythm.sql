-- +goose Up
-- A watch may be mailed once a week, on a day (1 is Monday), and be silent for a while:
-- what it finds meanwhile is owed once the pause is over.
ALTER TABLE watch ADD COLUMN weekday BIGINT NOT NULL DEFAULT 1;
ALTER TABLE watch ADD COLUMN paused_since BIGINT;
ALTER TABLE watch ADD COLUMN paused_until BIGINT;

-- The hours of the week that a run serves, the missed ones with it: 24 times the day
-- of the week, and the hour.
ALTER TABLE digest_run ADD COLUMN week TEXT NOT NULL DEFAULT '';
