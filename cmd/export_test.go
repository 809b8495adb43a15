package cmd

import (
	"reflect"
	"testing"
	"time"
)

// ShowProgress has imports say how far they are after every chunk, for one test.
func ShowProgress(t *testing.T) {
	before := progressEvery
	progressEvery = time.Duration(0)
	t.Cleanup(func() { progressEvery = before })
}

// Commands is what can be typed, for the tests that go through all of it.
func Commands() reflect.Type { return reflect.TypeFor[commands]() }
