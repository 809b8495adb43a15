package noticetest

import (
	"encoding/json"

	"parvis/procurement/notice"
)

// WriteFacts has the record of a notice state its facts, as Reread reads them.
func WriteFacts(r *notice.Record) {
	if r.Raw == "" && len(r.Detail.Facts) > 0 {
		text, err := json.Marshal(r.Detail.Facts)
		if err != nil {
			panic(err) // plain data
		}
		r.Raw = string(text)
	}
}

// Reread reads what WriteFacts wrote.
func Reread(_, raw string) (r notice.Record, err error) {
	if err := json.Unmarshal([]byte(raw), &r.Detail.Facts); err != nil {
		return r, notice.Refuse("Cet enregistrement n'est pas une liste.", err)
	}
	return r, nil
}
