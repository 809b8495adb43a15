package watch

// RebuildAfter has the large engine built again after n changes, until restored.
func RebuildAfter(n int) (restore func()) {
	before := rebuildAfter
	rebuildAfter = n
	return func() { rebuildAfter = before }
}
