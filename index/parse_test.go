package index

import (
	"strings"
	"testing"
)

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"unknown key", "kind: tool\nentries:\n  - {id: a, name: Abcd, from: added, colour: red}", `t.yaml:3: unknown key "colour"`},
		{"duplicate form", "kind: tool\nentries:\n  - {id: a, name: Abcdx, from: added}\n  - {id: b, name: abcdx, from: added}", `t.yaml:4: b: form "abcdx" stands at t.yaml:3 too (a)`},
		{"duplicate id", "kind: tool\nentries:\n  - {id: a, name: Abcdx, from: added}\n  - {id: a, name: Abcdy, from: added}", `t.yaml:4: id "a" stands at t.yaml:3 too`},
		{"one letter", "kind: language\nentries:\n  - {id: r, name: R, from: added}", `t.yaml:3: r: form "R" needs a rule: one letter is ambiguous`},
		{"english word", "kind: tool\nentries:\n  - {id: chef, name: Chef, from: added}", `t.yaml:3: chef: form "Chef" needs a rule: it is an English word too`},
		{"no examples", "kind: tool\nentries:\n  - id: chef\n    name: Chef\n    from: added\n    forms: [{text: Chef, near: [puppet]}]", "chef has a rule and no example under match"},
		{"role", "kind: tool\nentries:\n  - {id: a, name: Abcdx, from: added, role: boss}", `role "boss" does not exist`},
		{"from", "kind: tool\nentries:\n  - {id: a, name: Abcdx}", `from ""`},
		{"kind", "kind: toy\nentries:\n  - {id: a, name: Abcdx, from: added}", `kind "toy" does not exist`},
		{"not YAML", "kind: [", "not YAML"},
		{"empty", "", "empty"},
		{"no entries", "kind: tool", "no entries"},
		{"list wanted", "kind: tool\nentries:\n  - {id: a, name: Abcdx, from: added, forms: x}", "t.yaml:3: a list was wanted"},
		{"no word", "kind: tool\nentries:\n  - {id: a, name: '--', from: added}", "holds no word"},
		{"level", "kind: seniority\nentries:\n  - {id: a, name: boss, from: added, value: top}", `value "top"`},
		{"rule of a responsibility", "kind: responsibility\nentries:\n  - id: a\n    name: b\n    from: added\n    forms: [{text: build it, near: [x]}]\n    actions: [build]\n    objects: [y]", "which is not looked at for a responsibility"},
		{"action group", "kind: responsibility\nentries:\n  - {id: a, name: b, from: added, actions: ['@x'], objects: [y]}", `action "@x"`},
	} {
		_, err := Parse(File{"t.yaml", []byte(c.yaml)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v: %q was wanted", c.name, err, c.want)
		}
	}
}

// TestAllMistakesAtOnce: one run tells all, in the order of the file.
// TestNoEntries: a taxonomy of none is refused where it is read, and does no
// harm where it is built.
func TestNoEntries(t *testing.T) {
	for _, files := range [][]File{nil, {{"x.yaml", []byte("kind: tool\nentries: []\n")}}} {
		if _, err := Parse(files...); err == nil {
			t.Errorf("%d files without an entry are taken", len(files))
		}
	}
	ix, err := Build(&Taxonomy{}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	var s Scan
	if ix.Scan(&s, "Python", Things); len(s.Tags[Things]) > 0 {
		t.Error("something is found by nothing")
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := Parse(File{"t.yaml", []byte("kind: tool\nentries:\n  - {id: A, name: Abcdx, from: added}\n  - {id: b, name: Abcdy, from: me, x: 1}")})
	if err == nil {
		t.Fatal("no error")
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 3 || !strings.HasPrefix(lines[0], "t.yaml:3:") || !strings.HasPrefix(lines[2], "t.yaml:4:") {
		t.Errorf("%q: three mistakes in order were wanted", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("kind: tool\nentries:\n  - {id: a, name: Abcdx, from: added, forms: [{text: x, near: [y]}]}"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = Parse(File{"f.yaml", data}) })
}

// TestRevisionOfPlace: a taxonomy has the same revision wherever its files lie.
func TestRevisionOfPlace(t *testing.T) {
	const yaml = "kind: tool\nentries:\n  - {id: a, name: Abcdx, from: added}"
	var revisions []string
	for _, name := range []string{"t.yaml", "some/where/t.yaml", "u.yaml"} {
		x, err := Parse(File{name, []byte(yaml)})
		if err != nil {
			t.Fatal(err)
		}
		revisions = append(revisions, x.Revision)
	}
	if revisions[0] != revisions[1] || revisions[0] == revisions[2] {
		t.Errorf("revisions %q: the first two alike was wanted", revisions)
	}
}
