// Package boamp reads the French gazette of public contracts (BOAMP) as the
// Opendatasoft open-data platform publishes it: dataset "boamp", 41 fields, of
// which gestion and donnees are JSON again, in five shapes.
//
// It answers for turning that source, dirt included, into notice.Record: what
// container it comes in, which field says what, what the text meant before it was
// escaped, cut or mis-encoded, and above all when the deadline is. It fetches
// nothing and stores nothing.
//
// # Deadlines
//
// A record's Deadline is one instant. Three outcomes exist besides a plain date:
//
//   - no date at all: Deadline, DeadlineRaw and DeadlineSource are empty. A page
//     shows « non communiquée ».
//   - a date whose hour cannot be settled: Deadline is set and DeadlineDoubtful is
//     true. A page shows the date with « heure à vérifier dans l'avis ».
//   - an impossible or unreadable date (year 7017, the day before publication):
//     Deadline is zero, DeadlineDoubtful is true and DeadlineRaw keeps what was
//     written. A page shows « à vérifier dans l'avis » with the raw text, and
//     never « non communiquée ».
//
// An hour stamped UTC is at times converted, at times figures on the wall that
// somebody stamped. The hours that the gazette's index or the notice's own text
// print for that day settle it; else the earlier of the two stands, doubtful. The
// figures are those of the clock on the buyer's wall: see TimeZone of the record.
//
// The end of the notice's display (datefindiffusion) is never a deadline: it is
// often earlier.
//
// # Facts
//
// What the forms say besides, of the contract, of how to answer, of the buyer, is read by
// its key, wherever it stands: nationalRules has what each means. A key without a rule is
// gone through, so that a form of tomorrow loses only what it names otherwise.
//
// # Limits
//
// A record may have 16 MiB and 100 levels; beyond, it is refused and the next one
// is read. Nothing larger than one record is held in memory.
package boamp

import ()
