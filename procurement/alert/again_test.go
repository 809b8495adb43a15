package alert_test

import (
	"strings"

	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
)

// again has every job that was done be done once more, as after a crash whose
// last act was not recorded.
func again(tx *db.Tx) error {
	_, err := tx.Exec("UPDATE river_job SET state = 'available', finalized_at = NULL, attempt = 0 WHERE state = 'completed'")
	return err
}

// titles lists the notices of an alert.
func titles(m mailbox.Message) (out []string) {
	_, items, _ := strings.Cut(line(m), ": ")
	return strings.Split(items, " | ")
}
