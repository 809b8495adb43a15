-- +goose Up
-- What an address is made to receive is counted in solicitation, for sign-ups,
-- forgotten passwords and watches together.
DROP INDEX password_reset_who;
ALTER TABLE password_reset DROP COLUMN who;
