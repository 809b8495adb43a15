package form

import "strings"

// frenchNumber writes a number of a form, « 33.33 » or « 60.0 », as one reads it in French:
// « 33,33 », « 60 ». What is no such number is left as it is.
func frenchNumber(raw string) string {
	whole, part, dotted := strings.Cut(raw, ".")
	if !dotted || whole == "" || strings.Trim(whole+part, "0123456789") != "" {
		return raw
	}
	if part = strings.TrimRight(part, "0"); part == "" {
		return whole
	}
	return whole + "," + part
}

// frenchWeight does so for a weight that is a number, alone or a percentage.
func frenchWeight(raw string) string {
	number := strings.TrimRight(raw, "%\u00a0 ")
	if french := frenchNumber(number); french != number {
		return french + raw[len(number):]
	}
	return raw
}

// grouped sets the thousands of a number apart.
func grouped(number string) string {
	whole, part, decimal := strings.Cut(number, ",")
	if strings.Trim(whole, "0123456789") != "" {
		return number
	}
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "\u202f" + whole[at:]
	}
	if decimal {
		return whole + "," + part
	}
	return whole
}

// points is the unit of a number of them.
func points(number string) string {
	if number == "0" || number == "1" || strings.HasPrefix(number, "0,") || strings.HasPrefix(number, "1,") {
		return "point"
	}
	return "points"
}
