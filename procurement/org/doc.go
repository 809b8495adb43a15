// Package org answers for the bodies of the trade: companies and their
// establishments, whose people act under a membership; and the register of
// buyers, every body that a notice has named.
//
// A company is its SIREN and an establishment its SIRET; abroad, the identifier of
// the country's register stands for both. They begin to exist when somebody of
// theirs registers, and are shown as « Établissement déclaré, non vérifié » until
// a second proof. The first person of an establishment administers it; later ones
// ask to join, and meanwhile act in their own name.
//
// Each establishment has its own profile: the name that its people declared or that
// the public directory of companies gave, its address, and a mailbox that may be
// written to when its people's own do not answer (« Adresse de secours »).
//
// A buyer is found under keys: its SIREN, or its folded name with its postcode.
// Two buyers are one only on the same key; anything cleverer would merge two town
// halls some day, and a watch would send one's notices to those who follow the
// other.
package org
