package company

// Cell is what a text becomes in a file for spreadsheets.
func Cell(s string) string { return cell(s) }
