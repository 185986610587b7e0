package index

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// Parse reads a taxonomy from its files. The error joins every mistake, each
// with its file and line.
func Parse(files ...File) (*Taxonomy, error) {
	t := &Taxonomy{Revision: revision(files)}
	c := newChecker()
	docs, errs := make([]yaml.Node, len(files)), make([]error, len(files))
	var read sync.WaitGroup
	for i, f := range files {
		read.Go(func() { errs[i] = yaml.Unmarshal(f.Data, &docs[i]) })
	}
	read.Wait()
	for i, f := range files {
		p := parser{file: f.Name, c: c}
		t.Entries = append(t.Entries, p.parse(&docs[i], errs[i])...)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	if len(t.Entries) == 0 {
		return nil, fmt.Errorf("%d taxonomy files without an entry: at least one was wanted", len(files))
	}
	return t, nil
}

// parser reads one file.
type parser struct {
	file      string
	c         *checker
	kind      Kind
	groups    map[string][]string
	irregular map[string][]string
}

func (p *parser) fail(line int, format string, args ...any) {
	p.c.mistakes = append(p.c.mistakes, Mistake{p.file, line, fmt.Sprintf(format, args...)})
}

// parse takes the entries of a document, or says why it could not be read.
func (p *parser) parse(doc *yaml.Node, err error) []Entry {
	if err != nil {
		p.fail(yamlLine(err), "not YAML: %v", err)
		return nil
	}
	if len(doc.Content) == 0 {
		p.fail(1, "empty: a map with the keys kind and entries was wanted")
		return nil
	}
	var entries *yaml.Node
	p.each(doc.Content[0], func(key, val *yaml.Node) bool {
		switch key.Value {
		case "kind":
			p.kind = Kind(p.text(val))
		case "groups":
			p.groups = p.lists(val)
		case "irregular":
			p.irregular = p.lists(val)
		case "entries":
			entries = val
		default:
			return false
		}
		return true
	})
	if entries == nil || entries.Kind != yaml.SequenceNode {
		p.fail(1, "no entries: a list under the key entries was wanted")
		return nil
	}
	var out []Entry
	for _, n := range entries.Content {
		out = append(out, p.entry(n))
	}
	return out
}

// each calls take for every key of a map; take says whether it knows the key.
func (p *parser) each(n *yaml.Node, take func(key, val *yaml.Node) bool) {
	if n.Kind != yaml.MappingNode {
		p.fail(n.Line, "a map was wanted")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		if seen[key.Value] {
			p.fail(key.Line, "key %q stands twice", key.Value)
		}
		seen[key.Value] = true
		if !take(key, val) {
			p.fail(key.Line, "unknown key %q", key.Value)
		}
	}
}

func (p *parser) entry(n *yaml.Node) Entry {
	e := Entry{Kind: p.kind}
	nameOnly := false
	var forms []*yaml.Node
	p.each(n, func(key, val *yaml.Node) bool {
		switch key.Value {
		case "id":
			e.ID = p.text(val)
		case "name":
			e.Name = p.text(val)
		case "kind":
			e.Kind = Kind(p.text(val))
		case "category":
			e.Category = p.text(val)
		case "role":
			e.Role = p.text(val)
		case "from":
			e.From = p.text(val)
		case "value":
			e.Value = p.text(val)
		case "name_only":
			nameOnly = p.flag(val)
		case "forms":
			forms = p.items(val)
		case "actions":
			e.Actions = p.verbs(val)
		case "objects":
			e.Objects = p.texts(val)
		case "match":
			e.Match = p.texts(val)
		case "no_match":
			e.NoMatch = p.texts(val)
		case "band":
			e.Band = p.band(val)
		default:
			return false
		}
		return true
	})
	lines := p.forms(&e, forms)
	if !nameOnly && e.Kind != SalaryBand && !slices.ContainsFunc(e.Forms, func(f Form) bool { return sameWords(f.Text, e.Name) }) {
		e.Forms = append([]Form{{Text: e.Name}}, e.Forms...)
		lines = append([]int{n.Line}, lines...)
	}
	p.check(&e, n.Line, lines)
	return e
}

// forms reads the forms of an entry and gives the line of each.
func (p *parser) forms(e *Entry, nodes []*yaml.Node) []int {
	lines := make([]int, 0, len(nodes))
	for _, n := range nodes {
		f := Form{}
		if n.Kind == yaml.ScalarNode {
			f.Text = n.Value
		} else {
			f = p.form(n)
		}
		e.Forms = append(e.Forms, f)
		lines = append(lines, n.Line)
	}
	return lines
}

func (p *parser) form(n *yaml.Node) Form {
	var f Form
	lists := map[string]*[]string{
		"near": &f.Near, "not_near": &f.NotNear, "followed_by": &f.FollowedBy, "not_followed_by": &f.NotFollowedBy,
		"preceded_by": &f.PrecededBy, "not_preceded_by": &f.NotPrecededBy,
	}
	p.each(n, func(key, val *yaml.Node) bool {
		switch key.Value {
		case "text":
			f.Text = p.text(val)
		case "exact":
			f.Exact = p.flag(val)
		default:
			list, ok := lists[key.Value]
			if ok {
				*list = p.texts(val)
			}
			return ok
		}
		return true
	})
	return f
}

func (p *parser) band(n *yaml.Node) *Band {
	var b Band
	p.each(n, func(key, val *yaml.Node) bool {
		v, err := strconv.Atoi(p.text(val))
		if err != nil {
			p.fail(val.Line, "%q: whole US dollars a year were wanted", val.Value)
		}
		switch key.Value {
		case "min":
			b.Min = v
		case "max":
			b.Max = v
		default:
			return false
		}
		return true
	})
	return &b
}

// verbs expands groups and puts each verb into all its forms.
func (p *parser) verbs(n *yaml.Node) []string {
	var out []string
	add := func(verb string) {
		words := strings.Fields(verb)
		forms := append(inflections(words[0]), p.irregular[words[0]]...)
		for _, f := range forms {
			out = append(out, strings.Join(append([]string{f}, words[1:]...), " "))
		}
	}
	for _, text := range p.texts(n) {
		group, isGroup := strings.CutPrefix(text, "@")
		switch verbs, ok := p.groups[group]; {
		case !isGroup && strings.TrimSpace(text) != "":
			add(text)
		case isGroup && ok:
			for _, v := range verbs {
				add(v)
			}
		default:
			p.fail(n.Line, "action %q: a verb or a group of this file was wanted", text)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *parser) lists(n *yaml.Node) map[string][]string {
	out := map[string][]string{}
	p.each(n, func(key, val *yaml.Node) bool {
		out[key.Value] = p.texts(val)
		return true
	})
	return out
}

func (p *parser) items(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		p.fail(n.Line, "a list was wanted")
		return nil
	}
	return n.Content
}

func (p *parser) texts(n *yaml.Node) []string {
	var out []string
	for _, item := range p.items(n) {
		out = append(out, p.text(item))
	}
	return out
}

func (p *parser) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		p.fail(n.Line, "a text was wanted")
	}
	return n.Value
}

func (p *parser) flag(n *yaml.Node) bool {
	v, err := strconv.ParseBool(n.Value)
	if err != nil {
		p.fail(n.Line, "%q: true or false was wanted", n.Value)
	}
	return v
}

func sameWords(a, b string) bool { return slices.Equal(Words(a), Words(b)) }
