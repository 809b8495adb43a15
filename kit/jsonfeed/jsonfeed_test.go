package jsonfeed_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/jsonfeed"
)

type failer interface{ Fatalf(string, ...any) }

// keys are what the norm knows, and whether it must be there.
var (
	feedKeys = map[string]bool{"version": true, "title": true, "home_page_url": false, "feed_url": false, "description": false, "language": false, "items": true}
	itemKeys = map[string]bool{"id": true, "url": false, "title": false, "content_text": true, "date_published": false, "date_modified": false,
		"authors": false, "tags": false, "_parvis": false}
)

// read holds a file to JSON Feed 1.1, object by object: what must be there is, of its
// type, and nothing is that the norm does not know.
func read(t failer, file []byte) (feed map[string]any, items []map[string]any) {
	if err := json.Unmarshal(file, &feed); err != nil {
		t.Fatalf("%v in %s", err, file)
	}
	held(t, feed, feedKeys)
	if feed["version"] != "https://jsonfeed.org/version/1.1" {
		t.Fatalf("version %v", feed["version"])
	}
	list, ok := feed["items"].([]any)
	if !ok {
		t.Fatalf("items are %T", feed["items"])
	}
	seen := map[string]bool{}
	for _, one := range list {
		item, ok := one.(map[string]any)
		if !ok {
			t.Fatalf("an item is %T", one)
		}
		held(t, item, itemKeys)
		id, ok := item["id"].(string)
		if !ok || id == "" || seen[id] {
			t.Fatalf("id %v", item["id"])
		}
		seen[id] = true
		for _, key := range []string{"date_published", "date_modified"} {
			if text, there := item[key].(string); there {
				if _, err := time.Parse(time.RFC3339, text); err != nil {
					t.Fatalf("%s: %v", key, err)
				}
			}
		}
		items = append(items, item)
	}
	return feed, items
}

func held(t failer, object map[string]any, keys map[string]bool) {
	for key, value := range object {
		if _, known := keys[key]; !known {
			t.Fatalf("the norm knows no %q", key)
		}
		if strings.HasSuffix(key, "url") {
			if u, err := url.Parse(value.(string)); err != nil || !u.IsAbs() {
				t.Fatalf("%s %v is no absolute address", key, value)
			}
		}
	}
	for key, must := range keys {
		if must && object[key] == nil {
			t.Fatalf("no %q", key)
		}
	}
}

func TestAFeedIsWhatTheNormWants(t *testing.T) {
	at := clock.At(time.Date(2026, 11, 24, 10, 0, 0, 0, clock.Paris))
	file, err := jsonfeed.Feed{
		Title: "Voirie & <b>", Description: "x", Self: "https://parvis.example/flux/json/x", Page: "https://parvis.example/entreprise/veilles",
		Items: []jsonfeed.Item{
			{ID: "urn:uuid:1", Title: "Voirie", URL: "https://parvis.example/annonces/1", Text: "Date limite", Author: "Ville de Sélestat", Tags: []string{"Travaux"},
				Published: at, Modified: at.Add(time.Hour), More: map[string]string{"deadline": "2026-12-01T11:00:00Z"}},
			{ID: "urn:uuid:2", Title: "Réseaux"},
		},
	}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	feed, items := read(t, file)
	if feed["title"] != "Voirie & <b>" || feed["language"] != "fr" || len(items) != 2 {
		t.Errorf("%s", file)
	}
	if i := items[0]; i["date_published"] != "2026-11-24T09:00:00Z" || i["date_modified"] != "2026-11-24T10:00:00Z" ||
		i["authors"].([]any)[0].(map[string]any)["name"] != "Ville de Sélestat" || i["_parvis"].(map[string]any)["deadline"] != "2026-12-01T11:00:00Z" {
		t.Errorf("%v", i)
	}
	if _, there := items[1]["date_published"]; there {
		t.Error("a date of nothing")
	}
}

// A feed without items has a list all the same: « null » is no list.
func TestAnEmptyFeedHasAList(t *testing.T) {
	file, err := jsonfeed.Feed{Title: "x", Self: "https://x.example/", Page: "https://x.example/"}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if _, items := read(t, file); items != nil || !strings.Contains(string(file), `"items": []`) {
		t.Errorf("%s", file)
	}
}

func TestAnyTextIsReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.Just("\xff\x00\u2028</script>")).Draw(t, "text")
		file, err := jsonfeed.Feed{Title: typed, Self: "https://x.example/", Page: "https://x.example/",
			Items: []jsonfeed.Item{{ID: "urn:y", Title: typed, Text: typed, Author: typed, Tags: []string{typed}}}}.Bytes()
		if err != nil {
			t.Fatalf("%v", err)
		}
		_, items := read(t, file)
		if want := strings.ToValidUTF8(typed, "\ufffd"); len([]rune(typed)) < 1000 && strings.ToValidUTF8(items[0]["title"].(string), "") != want && !strings.Contains(want, "\ufffd") {
			t.Fatalf("%q came back as %q", typed, items[0]["title"])
		}
	})
}
