-- +goose Up
-- Where somebody was going who had to sign up first: a path of this site, with its
-- question, to lead them there once their account is made.
ALTER TABLE sign_up ADD COLUMN leads_to TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sign_up DROP COLUMN leads_to;
