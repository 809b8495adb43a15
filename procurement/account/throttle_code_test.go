package account

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
)

// Whoever has the password and all the networks of the world tries fewer than a hundred
// codes in thirty days, of a million that there are.
func TestAThousandNetworksDoNotGuessACode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		a := insider(t, d)
		guesses, network := 0, 0
		for end := d.Clock.Now().Add(30 * 24 * time.Hour); d.Clock.Now() < end; c.Move(time.Hour) {
			network++
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				meters, err := codeMeters(tx, a.ID, Visitor{Remote: fmt.Sprintf("198.51.%d.1", network%250)})
				if err != nil {
					return err
				}
				return count(tx, meters)
			})
			switch {
			case err == nil:
				guesses++
			case !fault.Is(err, fault.Unavailable):
				t.Fatal(err)
			}
		}
		if guesses < 20 || guesses > 100 {
			t.Errorf("%d guesses", guesses)
		}
	})
}
