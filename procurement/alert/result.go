package alert

import (
	"fmt"
	"slices"
	"strings"

	"parvis/kit/db"
	"parvis/procurement/notice"
)

// resultTexts say what became of a contract.
var resultTexts = map[notice.What]string{
	notice.Awarded:         "Le marché est attribué\u00a0: le résultat est publié.",
	notice.PartlyAwarded:   "Le marché est attribué en partie\u00a0: le résultat est publié.",
	notice.Unsuccessful:    "La procédure est infructueuse\u00a0: aucun marché n'est attribué.",
	notice.Discontinued:    "La procédure est déclarée sans suite\u00a0: aucun marché n'est attribué.",
	notice.Unawarded:       "La procédure est infructueuse ou sans suite\u00a0: aucun marché n'est attribué.",
	notice.PartlyUnawarded: "Une partie de la consultation est infructueuse ou sans suite.",
}

// resulted tells of a result; nothing when it was taken back, which its buyer will follow
// by another.
func resulted(result notice.What) []difference {
	text, known := resultTexts[result]
	if !known {
		return nil
	}
	return []difference{{Head: result.Label(), Text: text}}
}

// mostUnawarded is how many lots a mail names.
const mostUnawarded = 5

// nameLots adds to what is told of a result the lots that nobody was given.
func nameLots(tx *db.Tx, all []difference, n *notice.Notice) error {
	i := slices.IndexFunc(all, func(d difference) bool { return d.Text == resultTexts[n.Result] })
	if i < 0 {
		return nil
	}
	lots, err := notice.UnawardedOf(tx, n)
	if err != nil || len(lots) == 0 {
		return err
	}
	more := ""
	if rest := len(lots) - mostUnawarded; rest > 0 {
		lots, more = lots[:mostUnawarded], fmt.Sprintf("\u00a0; et %d de plus", rest)
	}
	all[i].Text += " " + strings.Join(lots, "\u00a0; ") + more + "."
	return nil
}
