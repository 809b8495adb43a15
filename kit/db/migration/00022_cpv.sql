-- +goose Up
-- The whole Common Procurement Vocabulary, once an operator has imported it; the
-- program itself has divisions and groups only.
CREATE TABLE cpv (
    code TEXT PRIMARY KEY,
    check_digit TEXT NOT NULL,
    label TEXT NOT NULL
);
