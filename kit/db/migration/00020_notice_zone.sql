-- +goose Up
-- The clock on the buyer's wall, in which a notice's deadline is shown; '' is that of
-- its first department.
ALTER TABLE notice ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
