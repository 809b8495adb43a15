// Package ted reads the notices of French buyers as the Official Journal of the
// European Union publishes them (Tenders Electronic Daily): eForms in XML since
// 2022, and before that the documents TED_EXPORT with the standard forms of 2014.
//
// It answers for turning a document into notice.Record: which number is the
// notice's, which notices it changes, who buys, what, where and until when. A
// notice of another country's buyer is passed over. Nothing is fetched or stored.
//
// Numbers are those that the Journal prints, « 634805-2022 »; the identifier that
// eForms gives to a notice before it is published, and with its version, are other
// names of it, because change notices refer to those. Times that carry no offset are
// those of the buyer's clock.
package ted
