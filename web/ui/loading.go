package ui

// IndexState is whether the search index holds all notices yet; else, how many of them.
type IndexState struct {
	Ready       bool
	Done, Total int
}

func (s IndexState) text() string {
	so := ""
	if s.Total > 0 {
		so = "\u00a0: " + Number(s.Done) + " avis sur " + Number(s.Total)
	}
	return "La plateforme vient de redémarrer, et l'index de recherche est en cours de chargement" + so +
		". Des résultats manquent encore\u00a0: rechargez la page dans quelques instants."
}
