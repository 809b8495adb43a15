-- +goose Up
-- Which watches a notice was matched for is in each mail (mailing_item); digests ask the
-- watches anew. Nobody read it here.
ALTER TABLE notice_match DROP COLUMN watches;
