package notice

import (
	"context"
	"slices"
	"sync"
	"time"

	"parvis/procurement/org"
)

// growth is how many notices this process has added, and at how many the database is to
// count its rows again: each time that there are four times as many.
type growth struct {
	sync.Mutex
	added, next int
}

// tables are those that grow with each notice, and the columns by which they are asked.
var tables = []string{"notice (id, source, source_id, buyer_id, deadline)", "notice_link", "notice_alias", "notice_change"}

// countFor is how long counting may take.
const countFor = time.Minute

// grew has the database count its rows when many came, while the import goes on. That it
// could not is no fault of the import: it counts them of itself, later.
func (s *Service) grew(ctx context.Context, n int) {
	g := &s.growth
	g.Lock()
	defer g.Unlock()
	if g.added += n; g.added < max(g.next, Chunk) {
		return
	}
	g.next = 4 * g.added
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countFor)
		defer cancel()
		_ = s.db.Analyze(ctx, slices.Concat(tables, org.Tables)...)
	}()
}
