// Package directory reaches the State's public search of companies (« API Recherche
// d'entreprises »): from a SIRET, the company's name and the establishment's address.
//
// It asks by SIRET only, for one company, and leaves out the answer's part about
// people (minimal=true). The service takes seven requests a second from one address,
// answers beyond with 429 and Retry-After, and has been seen to shut out addresses that
// go on: the client keeps well under, asks once for those who ask together, remembers
// the answers, and rests when the service fails. Whoever waits for a page waits two
// seconds at most, and not at all while it rests.
//
// The names and addresses of those who object to their publication are masked by
// « [NON-DIFFUSIBLE] » or « [ND] » and read as not given.
package directory
