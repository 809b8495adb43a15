package ui

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func get(t *testing.T, method, url string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	Assets().ServeHTTP(w, httptest.NewRequest(method, url, nil))
	return w.Result()
}

func TestAssetsAreServedWithTheirTypeForEver(t *testing.T) {
	for name, want := range map[string]string{
		"app.css": "text/css; charset=utf-8", "js/app.js": "text/javascript; charset=utf-8",
		"favicon.svg": "image/svg+xml", "vendor/LICENCES.md": "text/plain; charset=utf-8",
		"font/atkinson-hyperlegible-next-latin-wght-normal.woff2": "font/woff2",
	} {
		r := get(t, http.MethodGet, AssetURL(name))
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != want {
			t.Errorf("%s: %d %q, want 200 %q", name, r.StatusCode, r.Header.Get("Content-Type"), want)
		}
		if got := r.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q, want immutable", name, got)
		}
		if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", name, got)
		}
	}
}

func TestUnknownAssetsAreNotFoundAndNotKept(t *testing.T) {
	for _, url := range []string{
		"/static/", "/static/app.css", "/static/0000000000000000/app.css", "/static/" + assets.version + "/",
		"/static/" + assets.version + "/asset/js/app.js", "/static/" + assets.version + "/css/base.css",
		"/static/" + assets.version + "/../asset.go", "/static/" + assets.version + "/js",
	} {
		r := get(t, http.MethodGet, url)
		if r.StatusCode != http.StatusNotFound || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, kept %q; want 404 not kept", url, r.StatusCode, r.Header.Get("Cache-Control"))
		}
	}
	if r := get(t, http.MethodPost, AssetURL("app.css")); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, want 405", r.StatusCode)
	}
}

func TestAddressChangesWithAnyContent(t *testing.T) {
	base := fstest.MapFS{"asset/js/a.js": {Data: []byte("1")}}
	for _, name := range styleOrder {
		base["asset/css/"+name+".css"] = &fstest.MapFile{Data: []byte(".x{}")}
	}
	version := func() string {
		lib, err := readLibrary(base)
		if err != nil {
			t.Fatal(err)
		}
		return lib.version
	}
	first := version()
	if again := version(); again != first {
		t.Errorf("same files, versions %s and %s", first, again)
	}
	base["asset/js/a.js"].Data = []byte("2")
	if version() == first {
		t.Error("a changed file kept its address")
	}
	base["asset/css/stray.css"] = &fstest.MapFile{Data: []byte(".y{}")}
	if _, err := readLibrary(base); err == nil {
		t.Error("a style file out of the order was accepted: it would never be served")
	}
}

func TestUnknownAssetNameIsAMistakeOfTheProgram(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("AssetURL gave an address to a file that does not exist")
		}
	}()
	AssetURL("js/absent.js")
}

// The names of XML languages look like addresses but are never fetched; licences and
// their notices cite their sources.
var address = regexp.MustCompile(`(?i)(https?:)?//[a-z0-9-]+\.[a-z]{2,}[^\s"')]*`)

func TestNothingIsFetchedFromElsewhere(t *testing.T) {
	// Written in halves, so that this file does not name what it refuses.
	registry := regexp.MustCompile("(?i)npm" + "js|un" + "pkg|js" + "delivr|cdn" + "js|regis" + "try\\.")
	err := fs.WalkDir(assetFiles, "asset", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(assetFiles, name)
		if err != nil {
			return err
		}
		if found := registry.Find(content); found != nil {
			t.Errorf("%s names a registry: %s", name, found)
		}
		if strings.Contains(string(content), "sourceMappingURL") {
			t.Errorf("%s names a source map that is not served", name)
		}
		if path.Ext(name) == ".woff2" || strings.HasPrefix(name, "asset/vendor/") {
			return nil
		}
		for _, found := range address.FindAllString(string(content), -1) {
			if !strings.HasPrefix(found, "http://www.w3.org/") {
				t.Errorf("%s names another site: %s", name, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStylesNameOnlyFilesThatExist(t *testing.T) {
	style := string(assets.files["app.css"])
	for _, m := range regexp.MustCompile(`url\("([^"]+)"\)`).FindAllStringSubmatch(style, -1) {
		if assets.files[m[1]] == nil {
			t.Errorf("app.css names %s, which is not served", m[1])
		}
	}
	if !strings.HasPrefix(style, "@layer tokens, base, layout, component;") {
		t.Error("app.css does not begin by the order of its layers")
	}
}

func TestEveryVendoredFileHasItsLicence(t *testing.T) {
	register := string(assets.files["vendor/LICENCES.md"])
	for name := range assets.files {
		covered := strings.HasPrefix(name, "vendor/licence/") || name == "vendor/LICENCES.md" ||
			strings.HasPrefix(name, "js/") || name == "app.css" || name == "favicon.svg" ||
			strings.Contains(register, "`"+name+"`") || strings.Contains(register, "`"+path.Dir(name)+"/*"+path.Ext(name)+"`")
		if !covered {
			t.Errorf("%s is not in the register of licences", name)
		}
	}
	for _, m := range regexp.MustCompile("`(vendor/licence/[^`]+)`").FindAllStringSubmatch(register, -1) {
		if len(assets.files[m[1]]) < 500 {
			t.Errorf("the register names %s, which is missing or no licence", m[1])
		}
	}
}
