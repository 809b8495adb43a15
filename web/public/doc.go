// Package public answers for the pages that are open to everybody: the front
// page, the search in notices and each notice, signing up and in, and the pages
// where the links of our mails lead (a sign-up to finish, a watch to accept, mails
// to stop).
//
// A search is a GET form: its whole state is in the address, which can be kept
// and shared. What only serves the form (a typed organism, a whole region) is
// resolved and leads to the address of the search that it means.
//
// The address of a mail's page holds a secret: such pages are kept from caches,
// referrers and search engines, and reading one changes nothing, because mail
// scanners follow links before people do.
package public
