package org

import "time"

// Look-ups of one place: so many at once, and then one more now and then. A training
// room signing up together passes; a program that copies the directory through us does
// not. They are counted in this process alone: what it protects is somebody else's
// program, which keeps its own count.
const (
	lookUpsAtOnce = 20
	lookUpEvery   = 15 * time.Second
)
