// Package guide holds the guide of the platform's users (« Assistance utilisateur »): its
// chapters in Markdown and their pictures, part of the program. Pictures are taken by
// the browser: see app/guide_test.go.
package guide

import "embed"

// Files are the chapters, « veille.md », and their pictures, « image/veille-liste.webp ».
//
//go:embed *.md image
var Files embed.FS

// Chapters lists them in the order of the table of contents.
var Chapters = []string{"annonces", "commencer", "veille", "liste", "mails", "flux", "webhooks", "compte", "acheteurs", "poste"}
