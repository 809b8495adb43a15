// Package xlsx writes a table as a workbook that spreadsheets open (Office Open XML, ECMA-376
// part 1, its spreadsheets). Unlike CSV it says what each cell is: a text stays one, whatever
// it looks like, so that none becomes a date, a number or a formula.
package xlsx
