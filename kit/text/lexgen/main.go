// Command lexgen compiles the noun and adjective inflections of a Hunspell
// French dictionary into the lexicon that package text reads in place.
//
// It reads the unpacked npm package dictionary-fr, version 3.0.0, from the
// folder named by -dictionary or by the variable PARVIS_DICTIONARY_FR, and
// adjust.txt beside this program. The result depends on these files alone.
package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

// adjustments are our own additions and exclusions; the file explains itself.
//
//go:embed adjust.txt
var adjustments string

// sources are the files compiled, with the SHA-256 of the version we reviewed:
// another version may join words in ways that nobody has looked at.
var sources = map[string]string{
	"index.aff": "05a735d34c912e4e381ff08ee7c747923ccf5cf9dca81d8467982fa1ca51c2b7",
	"index.dic": "984e933237bc1224a48f42828233be9b03228260ef67aa8e2bdddcd03a26230d",
}

func main() {
	log.SetFlags(0)
	dir := flag.String("dictionary", os.Getenv("PARVIS_DICTIONARY_FR"), "folder of the unpacked package dictionary-fr 3.0.0")
	out := flag.String("out", "lexicon.bin", "file to write")
	flag.Parse()
	if err := run(*dir, *out); err != nil {
		log.Fatal("lexgen: ", err)
	}
}

func run(dir, out string) error {
	if dir == "" {
		return fmt.Errorf("name the folder of dictionary-fr 3.0.0 with -dictionary or PARVIS_DICTIONARY_FR")
	}
	texts := map[string]string{}
	for name, want := range sources {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		if got := hex.EncodeToString(sum[:]); got != want {
			return fmt.Errorf("%s has SHA-256 %s: this is not dictionary-fr 3.0.0", name, got)
		}
		texts[name] = string(b)
	}
	lexicon, err := compile(texts["index.aff"], texts["index.dic"], adjustments)
	if err != nil {
		return err
	}
	packed, err := pack(lexicon)
	if err != nil {
		return err
	}
	return os.WriteFile(out, packed, 0o644)
}

// compile gives the lemmas of every folded form.
func compile(aff, dic, adjust string) (map[string][]string, error) {
	affixes, err := readAffixes(strings.NewReader(aff))
	if err != nil {
		return nil, err
	}
	entries, err := readEntries(strings.NewReader(dic))
	if err != nil {
		return nil, err
	}
	sets := formSets{}
	for _, e := range entries {
		if e.unwanted() {
			continue
		}
		for _, form := range e.forms(affixes) {
			sets.add(form, e.base)
		}
	}
	if err := sets.adjust(adjust); err != nil {
		return nil, err
	}
	return sets.sorted(), nil
}
