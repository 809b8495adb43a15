package bench_test

import (
	"os"
	"testing"

	"parvis/kit/db/dbtest"
)

// TestMain has measures write to a PostgreSQL that loses nothing, as both databases do in
// earnest: one that writes nothing down would be faster than it is.
func TestMain(m *testing.M) {
	dbtest.Durable = true
	os.Exit(m.Run())
}
