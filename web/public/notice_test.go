package public_test

import (
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/access"
	"parvis/procurement/cpv"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

func TestANoticeShowsAllThatIsKnown(t *testing.T) {
	each(t, func(h *house) {
		summer := clock.At(time.Date(2027, 7, 27, 16, 0, 0, 0, clock.Paris))
		ids := h.record(false, notice.Record{
			SourceID: "26-70001", Title: "Réfection du préau", Description: "Première ligne\nseconde ligne\n\n\n\nAutre paragraphe <b>gras</b>",
			Reference: "PREAU-1", Departments: []string{"67", "68", "99"}, CPV: []string{"45421000"}, Descriptors: []string{"Menuiserie", "Voirie"},
			Procedure: refdata.Open, Category: refdata.Works, Deadline: summer, DeadlineDoubtful: true, DeadlineRaw: "27/07/2027 à midi ou 16h",
			VisitAt: h.in(1), QuestionsUntil: h.in(-1), URL: "https://www.boamp.fr/pages/avis/?q=idweb:26-70001",
			Lots:   []notice.Lot{{Number: "1", Title: "Couverture", Description: "Tuiles\nplates", CPV: []string{"45261000"}}, {Title: "Divers"}},
			Detail: notice.Detail{Family: "MAPA", Criteria: []string{"sociaux"}, Unread: []string{"annexe"}},
		})
		p := h.get("/annonces/" + ids[0])
		h.says(p, 200, "Réfection du préau", "Ouverte", "mardi 27 juillet 2027 à 16 h 00 (heure de Paris)", "Ajouter à mon agenda", "Licence Ouverte 2.0 . Seul l'avis publié à la source fait foi.", "Date limite : mardi 27 juillet 2027 à 16 h 00 (dans 245 jours)", "heure à vérifier dans l'avis",
			"Dans l'avis : « 27/07/2027 à midi ou 16h »", "Ville de Sélestat — Sélestat (67)", "PREAU-1", "(67) Bas-Rhin (68) Haut-Rhin (99) Étranger",
			"Avis de marché", "Procédure ouverte", "Travaux", "2 lots", "Code CPV 45421000 — Travaux de parachèvement de bâtiment", "SIREN : 216 704 627", "Descripteurs : Menuiserie Voirie", "MAPA (marchés à procédure adaptée)",
			"sociaux", "Première ligne seconde ligne", "Autre paragraphe <b>gras</b>", "Lot 1 : Couverture Tuiles plates Code CPV 45261000 Divers",
			"Visite obligatoire mercredi 25 novembre 2026 à 12 h 00 (heure de Paris) demain", "Questions jusqu'au lundi 23 novembre 2026", "passée",
			"BOAMP n° 26-70001", "Une partie de cet avis n'a pas pu être reprise", "Reçu sur Parvis le mardi 24 novembre 2026 à 10 h 0", "Parution : 20/11/2026", "!soit ")
		h.holds(p, "Première ligne<br>", `href="https://www.boamp.fr/pages/avis/?q=idweb:26-70001" rel="noopener noreferrer external"`,
			"<title>Réfection du préau · Parvis</title>", "!noindex")
	})
}

func TestADeadlineOverseasIsTheBuyersHour(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false,
			notice.Record{SourceID: "26-1", Title: "Voirie", Departments: []string{"974"}, Deadline: clock.At(time.Date(2027, 1, 12, 9, 0, 0, 0, clock.Paris))},
			notice.Record{SourceID: "26-2", Title: " ", Departments: nil})
		h.says(h.get("/annonces/"+ids[0]), 200, "mardi 12 janvier 2027 à 12 h 00 (heure locale : La Réunion)", "soit mardi 12 janvier 2027 à 9 h 00, heure de Paris")
		by := h.record(false, notice.Record{SourceID: "26-3", Title: "Voirie", TimeZone: "America/Martinique", Departments: []string{"75", "972"}, Deadline: clock.At(time.Date(2027, 1, 12, 17, 0, 0, 0, clock.Paris))},
			notice.Record{SourceID: "26-4", Title: "Voirie", TimeZone: "Pacific/Tahiti", Deadline: clock.At(time.Date(2027, 1, 12, 23, 0, 0, 0, clock.Paris))})
		h.says(h.get("/annonces/"+by[0]), 200, "mardi 12 janvier 2027 à 12 h 00 (heure locale : Martinique)")
		h.says(h.get("/annonces/"+by[1]), 200, "mardi 12 janvier 2027 à 12 h 00 (heure locale : Polynésie française)")
		h.says(h.get("/annonces/"+ids[1]), 200, "Avis sans titre", "non communiquée", "Lieu : lieu non précisé", "Ouverte", "!soit ")
	})
}

// A deadline that was given and cannot be one is no deadline that was not given.
func TestAnImpossibleDeadlineIsShownAsItWasWritten(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false,
			notice.Record{SourceID: "26-1", Title: "Voirie", DeadlineRaw: "2026-12-31T12:60:00+00:00", DeadlineDoubtful: true},
			notice.Record{SourceID: "26-2", Title: "Égouts"})
		const written = "à vérifier dans l'avis, qui écrit « 2026-12-31T12:60:00+00:00 »"
		h.says(h.get("/annonces/"+ids[0]), 200, written, "!non communiquée", "!Dans l'avis :", "!heure à vérifier")
		h.says(h.get("/annonces/"+ids[1]), 200, "non communiquée", "!à vérifier")
		h.says(h.get("/annonces?mots_cles=voirie"), 200, written, "!non communiquée")
		h.says(h.get("/annonces?mots_cles=egouts"), 200, "non communiquée", "!à vérifier")
		h.says(h.get("/annonces.atom?mots_cles=voirie"), 200, "Date limite "+written)
	})
}

func TestTheWholeCountryAndRegionsAreNamed(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false,
			notice.Record{SourceID: "26-1", Title: "Voirie", Departments: refdata.DepartmentsOfNUTS("FR"), Deadline: h.in(20)},
			notice.Record{SourceID: "26-2", Title: "Égouts", Departments: append([]string{"75"}, refdata.DepartmentsOfNUTS("FRH")...), Deadline: h.in(20)})
		h.says(h.get("/annonces/"+ids[0]), 200, "Lieu : France entière", "!Bas-Rhin")
		h.says(h.get("/annonces/"+ids[1]), 200, "Lieux : Bretagne (75) Paris", "!Finistère")
		h.says(h.get("/annonces?departement=68"), 200, "Voirie", "France entière", "!Égouts")
		h.says(h.get("/annonces?departement=29"), 200, "Voirie", "Égouts", "Bretagne, (75) Paris")
		h.says(h.get("/annonces?departement=29&france_entiere=non"), 200, "Égouts", "!Voirie")
	})
}

func TestAStoryIsToldFromBothEnds(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false,
			notice.Record{SourceID: "26-1", Title: "Construction d'une halle", Deadline: h.in(20)},
			notice.Record{SourceID: "26-2", Title: "Rectificatif de la halle", Kind: notice.Corrigendum, PublishedOn: "2026-11-21", Linked: []string{"26-1"},
				Detail: notice.Detail{Corrections: []notice.Correction{{Section: "Date limite", Old: "01/12/2026 12:00", New: "14/12/2026 12:00"}, {New: "seul"}}}},
			notice.Record{SourceID: "26-3", Title: "Annulation de la halle", Kind: notice.Cancellation, PublishedOn: "2026-11-22", Linked: []string{"26-1"},
				Detail: notice.Detail{CancelReason: "Budget <insuffisant>"}},
			notice.Record{SourceID: "26-4", Title: "Résultat de la halle", Kind: notice.Award, PublishedOn: "2026-11-23", Linked: []string{"26-1"},
				Detail: notice.Detail{Awards: []notice.AwardLine{
					{Lot: "Lot 1", Holder: "Charpentes du Ried", AmountCent: 123456705, Currency: "EUR", On: "2026-11-12"}, {Holder: "Muller", AmountCent: 1200000, Currency: "XPF"}}}})
		h.says(h.get("/annonces/"+ids[0]), 200, "Annulée", "Histoire de la procédure", "21/11/2026 Avis rectificatif BOAMP n° 26-2", "22/11/2026 Avis d'annulation BOAMP n° 26-3 Procédure annulée",
			"23/11/2026 Résultat de marché BOAMP n° 26-4 Marché attribué", "!Cet avis fait suite")
		h.says(h.get("/annonces/"+ids[1]), 200, "Cet avis fait suite à : Construction d'une halle", "Date limite 01/12/2026 12:00 14/12/2026 12:00", "non renseigné", "!non communiquée")
		h.says(h.get("/annonces/"+ids[2]), 200, "Motif de l'annulation", "Budget <insuffisant>")
		h.says(h.get("/annonces/"+ids[3]), 200, "Charpentes du Ried Lot 1 1 234 567,05 € 12/11/2026", "12 000 XPF", "Résultat de marché", "!Date limite de réponse")
		h.holds(h.get("/annonces/"+ids[0]), `<a href="/annonces/`+ids[1]+`"><strong>Avis rectificatif</strong>`)
	})
}

func TestALinkThatIsNoneOfTheWebIsNotShown(t *testing.T) {
	each(t, func(h *house) {
		for i, address := range []string{"javascript:alert(1)", "//evil.example/x", "data:text/html,x", "/etc/passwd", "https:", "%zz"} {
			id := h.record(false, notice.Record{SourceID: "26-" + strings.Repeat("1", i+1), Title: "Voirie", URL: address})[0]
			p := h.get("/annonces/" + id)
			h.says(p, 200, "Voirie", "!Lire l'avis à la source")
			h.holds(p, "!"+address+`"`)
		}
	})
}

func TestANoticeThatIsNotThere(t *testing.T) {
	each(t, func(h *house) {
		for _, id := range []string{"1", "01900000-0000-7000-8000-000000000000", "%00", "%ff", "'%20OR%201=1--", strings.Repeat("a", 36), "..%2f..%2fetc%2fpasswd", strings.Repeat("x", 10_000)} {
			h.says(h.get("/annonces/"+id), 404, "Cette annonce n'existe pas, ou plus.", "Retour à l'accueil")
		}
		for _, path := range []string{"/annonces/", "/nulle-part", "/inscription/x/y", "/%00"} {
			h.says(h.get(path), 404, "Cette page n'existe pas")
		}
		if p := h.do(requestOf("DELETE", "/annonces")); p.StatusCode != 405 {
			h.t.Errorf("DELETE: %d", p.StatusCode)
		}
	})
}

func TestWhatChangedIsToldOldAndNew(t *testing.T) {
	each(t, func(h *house) {
		on := func(day, hour int) clock.Instant {
			return clock.At(time.Date(2026, 12, day, hour, 0, 0, 0, clock.Paris))
		}
		ids := h.record(false,
			notice.Record{SourceID: "26-1", Title: "Construction d'une halle", Deadline: on(14, 12)},
			notice.Record{SourceID: "26-2", Title: "Rectificatif", Kind: notice.Corrigendum, PublishedOn: "2026-11-21", Linked: []string{"26-1"}, Deadline: on(18, 16), DeadlineDoubtful: true},
			notice.Record{SourceID: "26-3", Title: "Annulation", Kind: notice.Cancellation, PublishedOn: "2026-11-22", Linked: []string{"26-1"}},
			notice.Record{SourceID: "26-4", Title: "Retrait", Kind: notice.Cancellation, PublishedOn: "2026-11-23", Linked: []string{"26-3", "26-1"}},
			notice.Record{SourceID: "26-5", Title: "Résultat", Kind: notice.Award, PublishedOn: "2026-11-24", Linked: []string{"26-1"}})
		h.says(h.get("/annonces/"+ids[0]), 200, "Ouverte", "vendredi 18 décembre 2026 à 16 h 00 (heure de Paris)", "Histoire de la procédure",
			"20/11/2026 Avis de marché BOAMP n° 26-1 (cet avis)",
			"21/11/2026 Avis rectificatif BOAMP n° 26-2 Date limite modifiée : au lieu du 14/12/2026 12:00 , lire 18/12/2026 16:00 (heure à vérifier dans l'avis)",
			"22/11/2026 Avis d'annulation BOAMP n° 26-3 Procédure annulée", "23/11/2026 Avis d'annulation BOAMP n° 26-4 Annulation retirée",
			"24/11/2026 Résultat de marché BOAMP n° 26-5 Marché attribué")
		h.says(h.get("/annonces/"+ids[1]), 200, "Cet avis fait suite à : Construction d'une halle", "21/11/2026 Avis rectificatif BOAMP n° 26-2 (cet avis)")
		h.record(false, notice.Record{SourceID: "26-1", Title: "Construction d'une halle", Deadline: on(15, 12)})
		h.says(h.get("/annonces/"+ids[0]), 200, "(cet avis) Date limite modifiée dans l'avis lui-même : au lieu du 14/12/2026 12:00 , lire 15/12/2026 12:00", "au lieu du 15/12/2026 12:00 , lire 18/12/2026 16:00")
	})
}

func TestADeadlineThatACorrigendumDoesNotSayIsToBeChecked(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false,
			notice.Record{SourceID: "26-1", Title: "Halle", Deadline: h.in(20)},
			notice.Record{SourceID: "26-2", Title: "Rectificatif", Kind: notice.Corrigendum, PublishedOn: "2026-11-24", Linked: []string{"26-1"}, DeadlineDoubtful: true, DeadlineRaw: "La date est reportée.", DeadlineSource: "rectificatif"})
		h.says(h.get("/annonces/"+ids[0]), 200, "Ouverte", "24/11/2026 Avis rectificatif BOAMP n° 26-2 Date limite rectifiée, sans que la nouvelle ait pu être lue ici : à vérifier dans cet avis rectificatif", "heure à vérifier dans l'avis")
	})
}

func TestAResultThatIsNoAwardSaysSo(t *testing.T) {
	each(t, func(h *house) {
		failed := func(id, of string, lots ...notice.UnawardedLot) notice.Record {
			return notice.Record{SourceID: id, Title: "Résultat", Kind: notice.Award, PublishedOn: "2026-11-24", Linked: []string{of}, Detail: notice.Detail{Unawarded: lots}}
		}
		two := []notice.Lot{{Number: "1", Title: "Portes"}, {Number: "2", Title: "Fenêtres"}}
		partly := failed("26-4", "26-3", notice.UnawardedLot{Lot: "Lot 2 - Fenêtres", Why: notice.Unsuccessful})
		partly.Detail.Awards = []notice.AwardLine{{Lot: "Lot 1 - Portes", Holder: "Muller"}}
		ids := h.record(false,
			notice.Record{SourceID: "26-1", Title: "Halle", PublishedOn: "2026-09-01", Deadline: h.in(-20)}, failed("26-2", "26-1", notice.UnawardedLot{Why: notice.Discontinued}),
			notice.Record{SourceID: "26-3", Title: "Gymnase", PublishedOn: "2026-09-01", Deadline: h.in(-20), Lots: two}, partly,
			notice.Record{SourceID: "26-5", Title: "Piscine", PublishedOn: "2026-09-01", Deadline: h.in(20), Lots: two}, failed("26-6", "26-5", notice.UnawardedLot{Lot: "Lot 2 - Fenêtres", Why: notice.Unsuccessful}),
			failed("26-7", "26-9", notice.UnawardedLot{Lot: "Lot 1", Why: notice.Undecided}))
		h.says(h.get("/annonces/"+ids[0]), 200, "Halle Sans suite", "Résultat : Sans suite", "24/11/2026 Résultat de marché : sans suite BOAMP n° 26-2 Procédure déclarée sans suite", "!ttribué", "!Close")
		h.says(h.get("/annonces/"+ids[1]), 200, "Résultat Résultat de marché : sans suite", "Procédure déclarée sans suite : aucun marché n'est attribué.", "!Titulaire")
		h.says(h.get("/annonces/"+ids[2]), 200, "Gymnase Attribué en partie", "Marché attribué en partie Lot 2 - Fenêtres : infructueux")
		h.says(h.get("/annonces/"+ids[3]), 200, "Attribution", "Muller Lot 1 - Portes", "Lots non attribués Lot 2 - Fenêtres : infructueux")
		h.says(h.get("/annonces/"+ids[4]), 200, "Piscine Ouverte En partie infructueux ou sans suite", "Lots non attribués Lot 2 - Fenêtres : infructueux", "!Marché attribué")
		h.says(h.get("/annonces/"+ids[4]+"/calendrier.ics"), 200, "en partie infructueux")
		h.says(h.get("/annonces/"+ids[6]), 200, "Résultat de marché : pas encore attribué", "Lots non attribués Lot 1 : pas encore attribué")
		h.says(h.get("/annonces?etat=toutes"), 200, "Sans suite", "Attribué en partie", "Résultat de marché : sans suite")
		h.says(h.get("/annonces.atom?etat=toutes"), 200, "Sans suite", "!Marché attribué")
	})
}

func TestACodeSaysWhatItBuys(t *testing.T) {
	each(t, func(h *house) {
		vocabulary := []cpv.Entry{{Code: "45000000", CheckDigit: "7", Label: "Travaux de construction"}, {Code: "45421000", CheckDigit: "4", Label: "Travaux de menuiserie <bois>"}}
		if _, err := h.CPV.Import(t.Context(), access.Platform("essai"), vocabulary); err != nil {
			t.Fatal(err)
		}
		id := h.record(false, notice.Record{SourceID: "26-1", Title: "Préau", CPV: []string{"45421000"}, Lots: []notice.Lot{{Number: "1", CPV: []string{"45261000"}}}})[0]
		p := h.get("/annonces/" + id)
		h.says(p, 200, "45421000 — Travaux de menuiserie <bois>", "Code CPV 45261000", "!45261000 —")
		h.holds(p, `<a href="/annonces?cpv=45421000"><span class="unseen">Code CPV </span>45421000</a>`)
	})
}

func TestAProbableDuplicateIsSaidOnBothPages(t *testing.T) {
	each(t, func(h *house) {
		buyer := notice.BuyerRecord{Name: "Ville de Sélestat", SIRET: "21670462700018", Postcode: "67600"}
		ids := h.record(false,
			notice.Record{Source: "boamp", SourceID: "26-1", Title: "Réfection du préau", Buyer: buyer, Deadline: h.in(9)},
			notice.Record{Source: "boamp", SourceID: "26-2", Title: "Réfection du préau", Buyer: buyer, Deadline: h.in(9)})
		other := h.record(false,
			notice.Record{Source: "ted", SourceID: "2026-1", Title: "REFECTION DU PREAU", Buyer: buyer, Deadline: h.in(9)},
			notice.Record{Source: "ted", SourceID: "2026-2", Title: "Réfection du préau", Buyer: buyer, Deadline: h.in(10)},
			notice.Record{Source: "ted", SourceID: "2026-3", Title: "Réfection du toit", Buyer: buyer, Deadline: h.in(9)})
		p := h.get("/annonces/" + ids[0])
		h.says(p, 200, "Doublon probable", "Même organisme, même titre et même date limite dans une autre source : JOUE n° 2026-1", "!2026-2", "!2026-3", "!BOAMP n° 26-2")
		h.holds(p, `<a href="/annonces/`+other[0]+`">JOUE n° 2026-1</a>`)
		h.says(h.get("/annonces/"+other[0]), 200, "Doublon probable", "BOAMP n° 26-1 , BOAMP n° 26-2", "réutilisation libre, source mentionnée")
		for _, id := range other[1:] {
			h.says(h.get("/annonces/"+id), 200, "!Doublon probable")
		}
	})
}

func TestWhatANoticeNamesAndThePlatformLacks(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false, notice.Record{SourceID: "26-1", Title: "Voirie"},
			notice.Record{SourceID: "26-2", Title: "Rectificatif", Kind: notice.Corrigendum, Linked: []string{"26-1", "25-9"}},
			notice.Record{SourceID: "26-3", Title: "Rectificatif", Kind: notice.Corrigendum, Linked: []string{"25-8", "25-9"}})
		h.says(h.get("/annonces/"+ids[1]), 200, "Renvoie aussi à l'avis n° 25-9, que Parvis n'a pas.")
		h.says(h.get("/annonces/"+ids[2]), 200, "Renvoie aussi à ces avis : 25-8, 25-9, que Parvis n'a pas.")
		h.says(h.get("/annonces/"+ids[0]), 200, "!que Parvis n'a pas")
	})
}
