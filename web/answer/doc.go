// Package answer turns what a page's handler returns into a response, in one
// place: who is asking, whether they may, the page or the redirection, the error
// page. A handler takes a Visit and returns an Answer or an error; it never
// writes. A page is rendered whole before its first byte leaves, so that a fault
// half-way is a page that says so and not half a page.
//
// Every route is registered with the act it needs: a route without one does not
// compile, and the list of them is the access matrix that tests run.
package answer
