package noticetest

import (
	"encoding/json"

	"parvis/procurement/notice"
)

// WriteFacts has the record of a notice state its facts, as FactsOf reads them.
func WriteFacts(r *notice.Record) {
	if r.Raw == "" && len(r.Facts) > 0 {
		text, err := json.Marshal(r.Facts)
		if err != nil {
			panic(err) // plain data
		}
		r.Raw = string(text)
	}
}

// FactsOf reads what WriteFacts wrote.
func FactsOf(_, raw string) (facts []notice.Fact, err error) {
	if err := json.Unmarshal([]byte(raw), &facts); err != nil {
		return nil, notice.Refuse("Cet enregistrement n'est pas une liste.", err)
	}
	return facts, nil
}
