package app

import (
	"testing"
	"time"
)

// WaitForChunks has a chunk written that waited so long, during a test.
func WaitForChunks(t *testing.T, wait time.Duration) {
	before := chunkWait
	chunkWait = wait
	t.Cleanup(func() { chunkWait = before })
}

// ForgetRest has a process not rest after a fetch that failed: tests move the clock of
// the platform, not the machine's.
func (a *App) ForgetRest() { a.fetch.rests.Store(0) }
