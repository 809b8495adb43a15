// Package person answers for what concerns one person across rooms: their account,
// what they watch and are told, whatever establishment it belongs to.
//
// A change of address changes the account, has what is mailed to the address follow it,
// and what is owed too, in one transaction: a watch must not go on telling a mailbox
// that its person has left, nor miss them at the new one. Neither account nor watch
// knows alerts, which come later: hence a room of its own, after all of them. It has no
// table.
package person
