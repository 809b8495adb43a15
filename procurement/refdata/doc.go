// Package refdata answers for what is true of France and of Europe before any
// notice is read: departments and regions, company numbers, the divisions of the
// CPV, the categories and procedure types of public contracts.
//
// Everything is embedded and immutable; nothing is fetched or stored. A code that
// comes from outside (the gazette, a form, a contract record) is normalised here
// once, and the rest of the program compares normalised codes only. Where each
// table comes from, and under which licence, is in data/LICENCES.md.
package refdata
