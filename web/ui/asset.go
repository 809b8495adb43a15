package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed asset
var assetFiles embed.FS

// assetRoot is where [Assets] is to be mounted.
const assetRoot = "/static/"

// styleOrder lists the style files in the order of their layers; app.css is all of them.
var styleOrder = []string{
	"tokens", "base", "layout",
	"bar", "hats", "button", "tag", "card", "flash", "form", "table", "picker", "combobox", "chart", "live", "seek", "facet", "refine", "story", "code", "decide", "guide", "poste",
}

// contentTypes are the only kinds of files served, with what browsers must take them for.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
	".md":    "text/plain; charset=utf-8",
	".txt":   "text/plain; charset=utf-8",
}

// library is the set of files served and the hash of them all.
type library struct {
	version string
	files   map[string][]byte // by path under the version, "js/app.js"
}

// assets is read once: the files are part of the program.
var assets = mustReadLibrary(assetFiles)

func mustReadLibrary(source fs.FS) library {
	lib, err := readLibrary(source)
	if err != nil {
		panic("ui: " + err.Error()) // the program was built without its own files
	}
	return lib
}

// readLibrary gathers the files under "asset" and joins the styles into app.css. One hash
// names the whole set, not each file: modules and fonts then find each other by relative
// paths, without any rewriting.
func readLibrary(source fs.FS) (library, error) {
	lib := library{files: map[string][]byte{}}
	err := fs.WalkDir(source, "asset", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if contentTypes[path.Ext(name)] == "" {
			return fmt.Errorf("%s: no content type for this kind of file", name)
		}
		content, err := fs.ReadFile(source, name)
		lib.files[strings.TrimPrefix(name, "asset/")] = content
		return err
	})
	if err != nil {
		return library{}, err
	}
	style, err := joinStyles(lib.files)
	if err != nil {
		return library{}, err
	}
	lib.files["app.css"] = style
	lib.version = versionOf(lib.files)
	return lib, nil
}

// joinStyles takes the style files out of the set and gives them as one.
func joinStyles(files map[string][]byte) ([]byte, error) {
	var joined bytes.Buffer
	joined.WriteString("@layer tokens, base, layout, component;\n")
	for _, name := range styleOrder {
		content, ok := files["css/"+name+".css"]
		if !ok {
			return nil, fmt.Errorf("css/%s.css is missing", name)
		}
		joined.Write(content)
		delete(files, "css/"+name+".css")
	}
	for name := range files {
		if strings.HasPrefix(name, "css/") {
			return nil, fmt.Errorf("%s is not in the order of styles", name)
		}
	}
	return joined.Bytes(), nil
}

// versionOf hashes names and contents, in the order of names.
func versionOf(files map[string][]byte) string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	hash := sha256.New()
	for _, name := range names {
		fmt.Fprintf(hash, "%s %d\n", name, len(files[name]))
		hash.Write(files[name])
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// AssetURL is the address of a style, script, font or picture, for instance "app.css" or
// "map/departements.svg". It changes when any of them changes. It panics for a name that
// does not exist, which is a mistake in the program.
func AssetURL(name string) string {
	if _, ok := assets.files[name]; !ok {
		panic("ui: no asset named " + name)
	}
	return assetRoot + assets.version + "/" + name
}

// Assets serves the files that [AssetURL] names. Mount it at "/static/", without
// stripping the prefix. An address of another version is not found: its content is gone.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Méthode non admise.", http.StatusMethodNotAllowed)
			return
		}
		name, ok := strings.CutPrefix(r.URL.Path, assetRoot+assets.version+"/")
		content, found := assets.files[name]
		if !ok || !found {
			// Must not be kept: the next version may have it.
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "Ce fichier n'existe pas.", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", contentTypes[path.Ext(name)])
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}
