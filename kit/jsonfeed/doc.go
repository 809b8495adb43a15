// Package jsonfeed writes feeds that programs follow (JSON Feed 1.1, jsonfeed.org).
package jsonfeed
