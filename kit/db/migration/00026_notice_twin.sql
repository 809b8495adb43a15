-- +goose Up
-- Finds the notices that may be the same contract seen elsewhere.
CREATE INDEX notice_buyer_deadline ON notice (buyer_id, deadline);
