package main

import (
	"strings"
	"testing"

	"rolecall/classifier"
)

// TestMarked: spans are coloured, within others and over each other's ends too,
// and nothing of the text is lost or said twice.
func TestMarked(t *testing.T) {
	e := explainer{colour: true}
	const field = "we build pipelines with Spark and \x1b[2J"
	for _, c := range []struct {
		spans []span
		want  string
	}{
		{nil, "we build pipelines with Spark and \ufffd[2J"},
		{[]span{{24, 29, ""}, {3, 29, classifier.RoleData}}, "we D:build pipelines with .P:Spark. and \ufffd[2J"},
		{[]span{{3, 29, classifier.RoleData}, {9, 18, classifier.RoleAI}}, "we D:build .A:pipelines.D: with Spark. and \ufffd[2J"},
		{[]span{{3, 18, classifier.RoleData}, {9, 29, classifier.RoleAI}, {3, 18, ""}}, "we P:build .A:pipelines. with Spark and \ufffd[2J"},
		{[]span{{0, 2, ""}, {33, 38, classifier.RoleAI}}, "P:we. build pipelines with Spark andA: \ufffd[2J."},
	} {
		got := e.marked(field, c.spans)
		got = strings.NewReplacer(colourAI, "A:", colourData, "D:", colourPlain, "P:", colourOff, ".").Replace(got)
		if got != c.want {
			t.Errorf("%v: %q: %q was wanted", c.spans, got, c.want)
		}
	}
	got := e.marked("<p>build <b>LLM</b>-powered&nbsp;apps \uF8F0</p>", []span{{3, 37, classifier.RoleAI}})
	if want := colourAI + "build LLM-powered\u00a0apps" + colourOff + " \ufffd"; strings.TrimSpace(got) != want {
		t.Errorf("HTML: %q: %q was wanted", got, want)
	}
}
