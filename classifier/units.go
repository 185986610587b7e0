package classifier

import (
	"strings"

	"rolecall/index"
)

// unit is a sentence, a list item or a heading: tokens first to last.
type unit struct {
	first, last int32
	head        bool  // stands as a heading, or may if it is doubtful
	doubtful    bool  // its shape alone said so: the first step decides (see guessUnits)
	under       int32 // the unit that is its heading, -1 for none
	named       int8  // as a heading: the section it names, -1 if it names none; below it: that of its heading
}

// heading is the one that stands last above what is read.
type heading struct {
	unit  int32 // -1 for none
	named int8  // the section it names, -1 if it names none
}

var noHeading = heading{-1, -1}

// above is the heading behind unit k, which h stands above.
func (u *unit) above(k int, h heading) heading {
	if u.head {
		return heading{int32(k), u.named}
	}
	return h
}

// put puts a unit that is no heading under one.
func (u *unit) put(h heading) { u.head, u.under, u.named = false, h.unit, h.named }

const (
	headWords   = 9  // a longer line is no heading
	wrapWidth   = 45 // a line shorter than this ended because its text did
	wrapLongest = 100
)

// cutUnits cuts a scanned text into units.
func (r *reading) cutUnits() {
	r.units = r.units[:0]
	toks := r.scan.Tokens
	if len(toks) == 0 {
		return
	}
	wrapped := isWrapped(r.text.text)
	first, lineAt := 0, 0
	for i := 1; i < len(toks); i++ {
		t := &toks[i]
		if t.Gap < index.Line {
			continue
		}
		newline := t.Gap == index.Line || strings.IndexByte(r.text.text[toks[i-1].End:t.Start], '\n') >= 0
		split := t.Gap == index.Stopped || !(wrapped && int(toks[i-1].End)-lineAt > wrapWidth && !colonAfter(r.text.text, &toks[i-1]))
		if newline {
			lineAt = int(t.Start)
		}
		if split {
			r.addUnit(first, i-1)
			first = i
		}
	}
	r.addUnit(first, len(toks)-1)
	r.splitHeads()
	r.splitRunOn()
	r.findHeads()
}

func (r *reading) addUnit(first, last int) {
	r.units = append(r.units, unit{first: int32(first), last: int32(last), under: -1, named: -1})
}

// isWrapped says whether the text's lines were broken at a width.
func isWrapped(text string) bool {
	lines, long := 0, 0
	for start := 0; start < len(text); {
		n := strings.IndexByte(text[start:], '\n')
		if n < 0 {
			n = len(text) - start
		}
		if n > wrapLongest {
			return false
		}
		lines += b2i(n > 0)
		long += b2i(n > wrapWidth)
		start += n + 1
	}
	return lines > 8 && long*3 > lines
}

func colonAfter(text string, t *index.Token) bool {
	return int(t.End) < len(text) && text[t.End] == ':'
}

// splitHeads cuts a known heading off the sentence that it runs into, as in
// "Key Responsibilities Own the design of" or "Requirements: five years".
func (r *reading) splitHeads() {
	tags := r.scan.Tags[index.Heads]
	if len(tags) == 0 {
		return
	}
	old := append(r.spare[:0], r.units...)
	r.spare = old
	r.units = r.units[:0]
	for _, u := range old {
		for len(tags) > 0 && tags[0].First < u.first {
			tags = tags[1:]
		}
		for len(tags) > 0 && tags[0].Last < u.last {
			tag := tags[0]
			tags = tags[1:]
			if tag.First < u.first || !r.runsIn(&u, tag) || tag.First == u.first && r.namesOn(&u, tag, tags) {
				continue
			}
			if tag.First > u.first {
				r.addUnit(int(u.first), int(tag.First)-1)
			}
			r.addUnit(int(tag.First), int(tag.Last))
			u.first = tag.Last + 1
		}
		r.units = append(r.units, u)
	}
}

const (
	runOnWords = 30 // a sentence of more words may be several that lost their full stops
	runOnPart  = 6  // words that each of them has at least
)

// splitRunOn cuts sentences that ran together, as scraped lists do: before a
// capital between small letters that begins with an action or a requirement.
func (r *reading) splitRunOn() {
	toks := r.scan.Tokens
	old := append(r.spare[:0], r.units...)
	r.spare = old
	r.units = r.units[:0]
	for _, u := range old {
		for i := u.first + runOnPart; u.last-u.first >= runOnWords && i < u.last-2; i++ {
			if toks[i].Upper && toks[i].Gap == index.Joined && !toks[i-1].Upper && !toks[i+1].Upper && r.engine.begins[toks[i].Sum] {
				r.addUnit(int(u.first), int(i)-1)
				u.first = i
				i += runOnPart
			}
		}
		r.units = append(r.units, u)
	}
}

// runsIn says whether a heading stands inside a sentence as a heading does:
// with a colon after it at the sentence's beginning, or in capitals with a
// capital after it.
func (r *reading) runsIn(u *unit, tag index.Tag) bool {
	toks := r.scan.Tokens
	if tag.First == u.first && colonAfter(r.text.text, &toks[tag.Last]) {
		return true
	}
	for i := tag.First; i <= tag.Last; i++ {
		if !toks[i].Upper && toks[i].End-toks[i].Start > 3 {
			return false
		}
	}
	if !toks[tag.First].Upper {
		return false
	}
	colon := colonAfter(r.text.text, &toks[tag.Last])
	next := toks[tag.Last+1].Upper && toks[tag.Last+1].Gap <= index.Line && !silentWords.has(toks[tag.Last+1].Sum)
	return colon || next && (tag.First == u.first || tag.Last > tag.First)
}

// namesOn says whether the next heading goes on with one at the beginning of a
// unit, up to its end: "Nice to Have Experience" is one.
func (r *reading) namesOn(u *unit, tag index.Tag, tags []index.Tag) bool {
	return len(tags) > 0 && tags[0].First == tag.Last+1 && tags[0].Last == u.last && r.scan.Tokens[tags[0].First].Gap == index.Joined
}

// findHeads marks the units that are headings.
func (r *reading) findHeads() {
	toks := r.scan.Tokens
	tags := r.scan.Tags[index.Heads]
	for k := range r.units {
		u := &r.units[k]
		if u.last-u.first >= headWords {
			continue
		}
		for len(tags) > 0 && tags[0].First < u.first {
			tags = tags[1:]
		}
		if known := r.sectionNamed(u, tags); known >= 0 {
			if r.alone(u) || tags[0].First == u.first && tags[0].Last == u.last && toks[u.first].Upper {
				u.head, u.named = true, known
			}
		} else if r.alone(u) && r.looksLikeHead(u) {
			u.head, u.doubtful = true, true
		}
	}
}

// settleHeads puts every unit under its heading. Of those that may be one by
// their shape alone, which most are not, is says which are.
func (r *reading) settleHeads(is func(k int) bool) {
	h := noHeading
	for k := range r.units {
		u := &r.units[k]
		if !u.head || u.doubtful && !is(k) {
			u.put(h)
		}
		h = u.above(k, h)
	}
}

// sectionNamed is the section that a unit names as a heading, -1 if it names
// none; tags are the known headings from the unit on. "Experience with Swagger"
// names none: most of a heading's words are known ones and none is a tool's, and
// a list item is a heading only with a colon at its end. The first decides, and
// what brackets say of it, as in "Requirements (nice to have)".
func (r *reading) sectionNamed(u *unit, tags []index.Tag) int8 {
	text, toks, words, known, section := r.text.text, r.scan.Tokens, u.last-u.first+1, int32(0), int8(-1)
	for _, t := range tags {
		if t.Last > u.last {
			break
		}
		known += t.Last - t.First + 1
		if s := r.engine.sectionOf[t.Entry]; section < 0 || t.Start > 0 && text[t.Start-1] == '(' {
			section = s
		}
	}
	if section < 0 {
		return -1
	}
	if known == words || colonAfter(text, &toks[u.last]) || 2*known >= words && !bulleted(text, int(toks[u.first].Start)) && !r.names(toks[u.first].Start, toks[u.last].End) {
		return section
	}
	return -1
}

// alone says whether a unit has its line for itself.
func (r *reading) alone(u *unit) bool {
	text, toks := r.text.text, r.scan.Tokens
	before, after := 0, len(text)
	if u.first > 0 {
		before = int(toks[u.first-1].End)
	}
	if int(u.last)+1 < len(toks) {
		after = int(toks[u.last+1].Start)
	}
	return (u.first == 0 || strings.IndexByte(text[before:toks[u.first].Start], '\n') >= 0) &&
		strings.IndexByte(text[toks[u.last].End:after], '\n') >= 0
}

// looksLikeHead says whether a line is a heading by its shape: short, a
// capital first, no full stop, and a colon or capitals or no bullet before it.
func (r *reading) looksLikeHead(u *unit) bool {
	text, toks := r.text.text, r.scan.Tokens
	n := u.last - u.first + 1
	if !toks[u.first].Upper {
		return false
	}
	end := int(toks[u.last].End)
	if colonAfter(text, &toks[u.last]) {
		return true
	}
	if end < len(text) && (text[end] == '.' || text[end] == ',' || text[end] == ';') {
		return false
	}
	if r.names(toks[u.first].Start, toks[u.last].End) {
		return false // an item of a list of tools and skills
	}
	upper := int32(0)
	for i := u.first; i <= u.last; i++ {
		if toks[i].Upper {
			upper++
		}
	}
	return !bulleted(text, int(toks[u.first].Start)) && (upper == n || n <= 6)
}

// bulleted says whether a list item begins at byte i.
func bulleted(text string, i int) bool {
	line := text[strings.LastIndexByte(text[:i], '\n')+1 : i]
	return line != "" && strings.ContainsAny(line, "-•·*●▪◦‣∙■➢✓✔→–")
}
