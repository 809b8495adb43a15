-- +goose Up
-- When something new, or a corrected record, last came from a gazette: one that answers
-- with what is known is not received. What is there now is taken for new when it came.
ALTER TABLE gazette ADD COLUMN news_at BIGINT;
UPDATE gazette SET news_at = received_at;
