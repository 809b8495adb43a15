package app

// ForgetRest has a process not rest after a fetch that failed: tests move the clock of
// the platform, not the machine's.
func (a *App) ForgetRest() { a.fetch.rests.Store(0) }
