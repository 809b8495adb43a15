package ui

// Passkey is a form that a passkey answers: what the browser is asked comes from one
// address, what the authenticator says goes to another, as the field « reponse ».
type Passkey struct {
	Create  bool   // make a key; else use one
	Options string // address of what to ask, by POST
	Action  string // address of the answer
	Again   string // page to go to when it cannot be asked any more
	Carried []Carried
	Button  Button
	Without string // in place of it all, where scripts are off; empty: nothing
}

// FieldPasskey is the name of the field that holds the authenticator's answer.
const FieldPasskey = "reponse"

func (p Passkey) verb() string {
	if p.Create {
		return "create"
	}
	return "get"
}
