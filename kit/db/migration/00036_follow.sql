-- +goose Up
-- Who follows a notice from its page, without any mail having told them of it: the scope
-- under which they did, which says whose « on passe » silences it. Such a line is of no
-- mailing.
ALTER TABLE told ADD COLUMN followed_in TEXT NOT NULL DEFAULT '';

-- +goose Down
DELETE FROM told WHERE mailing_id = '';
ALTER TABLE told DROP COLUMN followed_in;
