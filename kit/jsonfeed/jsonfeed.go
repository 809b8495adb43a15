package jsonfeed

import (
	"bytes"
	"encoding/json"

	"parvis/kit/clock"
)

// Kind is the media type of a feed.
const Kind = "application/feed+json; charset=utf-8"

// version names the norm, as the norm wants it.
const version = "https://jsonfeed.org/version/1.1"

// Feed is a list that grows at its head.
type Feed struct {
	Title       string
	Description string
	Self        string // where the feed is; empty: its address is a key, which is not copied into what it opens
	Page        string // where people read the same
	Items       []Item
}

// Item is one thing told. Its id is for ever: readers tell by it what they have shown.
type Item struct {
	ID        string
	URL       string
	Title     string
	Text      string // plain text
	Author    string
	Tags      []string
	Published clock.Instant
	Modified  clock.Instant
	More      any // what the norm has no name for, under « _parvis »; nil: nothing
}

type (
	feedObject struct {
		Version     string       `json:"version"`
		Title       string       `json:"title"`
		HomePageURL string       `json:"home_page_url"`
		FeedURL     string       `json:"feed_url,omitempty"`
		Description string       `json:"description,omitempty"`
		Language    string       `json:"language"`
		Items       []itemObject `json:"items"`
	}
	itemObject struct {
		ID            string   `json:"id"`
		URL           string   `json:"url,omitempty"`
		Title         string   `json:"title"`
		ContentText   string   `json:"content_text"`
		DatePublished string   `json:"date_published,omitempty"`
		DateModified  string   `json:"date_modified,omitempty"`
		Authors       []author `json:"authors,omitempty"`
		Tags          []string `json:"tags,omitempty"`
		More          any      `json:"_parvis,omitempty"`
	}
	author struct {
		Name string `json:"name"`
	}
)

// Bytes writes the feed.
func (f Feed) Bytes() ([]byte, error) {
	out := feedObject{Version: version, Title: f.Title, HomePageURL: f.Page, FeedURL: f.Self, Description: f.Description, Language: "fr", Items: []itemObject{}}
	for _, i := range f.Items {
		one := itemObject{
			ID: i.ID, URL: i.URL, Title: i.Title, ContentText: i.Text, Tags: i.Tags, More: i.More,
			DatePublished: i.Published.RFC3339(), DateModified: i.Modified.RFC3339(),
		}
		if i.Author != "" {
			one.Authors = []author{{i.Author}}
		}
		out.Items = append(out.Items, one)
	}
	var to bytes.Buffer
	enc := json.NewEncoder(&to)
	enc.SetEscapeHTML(false) // it is no page, and people read it too
	enc.SetIndent("", " ")
	err := enc.Encode(out)
	return to.Bytes(), err
}
