//go:build !unix

package app

// takeDirectory does nothing where the system has no advisory locks: the operator
// starts one server per data directory.
func (a *App) takeDirectory() error { return nil }
