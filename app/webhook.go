package app

import (
	"parvis/gateway/receiver"
	"parvis/procurement/webhook"
)

// webhooks builds what tells companies' own systems of what matches, on the public
// network unless the configuration says otherwise, which only tests do.
func (a *App) webhooks() {
	c := a.Config.Receivers
	c.Agent = "Parvis (" + a.Config.BaseURL + ")"
	a.Webhooks = webhook.New(a.DB, a.Journal, a.Watches, receiver.New(c).Post, a.Config.BaseURL, a.Config.Log)
}
