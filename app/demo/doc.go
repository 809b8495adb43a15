// Package demo fills a demonstration: invented notices dated around now, people
// who belong to invented companies, watches, and a mailbox. It uses the same use
// cases as the pages: nothing is written behind their back.
package demo
