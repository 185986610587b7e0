package eval

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rolecall/classifier"
)

func TestSheet(t *testing.T) {
	s := NewSheet()
	for _, r := range []struct {
		want, got classifier.Label
		certainty int
		conf      float64
	}{
		{classifier.AIEngineer, classifier.AIEngineer, 3, 0.95},
		{classifier.AIEngineer, classifier.None, 1, 0.55},
		{classifier.None, classifier.None, 3, 0.95},
		{classifier.Hybrid, "", 2, 0},
	} {
		s.Add(Label{Label: r.want, Certainty: r.certainty}, classifier.Result{Label: r.got, Confidence: r.conf})
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s %v, %v was wanted", what, got, want)
		}
	}
	near("accuracy", s.Accuracy(), 0.5)
	near("sure accuracy", s.SureAccuracy(), 1)
	p, r, n := s.Of(classifier.AIEngineer)
	near("precision", p, 1)
	near("recall", r, 0.5)
	near("n", float64(n), 2)
	// F1: AI 2/3, none 2/3, the others 0
	near("macro F1", s.MacroF1(), (2.0/3+2.0/3)/4)
	s.AddResponsibilities([]classifier.MarkedResponsibility{{ID: "a"}, {ID: "b"}, {ID: "b", Start: 9}}, classifier.Result{Responsibilities: []classifier.Found{{ID: "b"}, {ID: "c"}, {ID: "d"}}})
	var out strings.Builder
	if _, err := s.WriteTo(&out); err != nil || !strings.Contains(out.String(), "responsibilities precision 0.333 (1 of 3 found) recall 0.500 (of 2 marked) n 1\n") {
		t.Errorf("%s: one of three, and of two, was wanted", out.String())
	}
	// 0.9 to 1: two of two at 0.95; 0.5 to 0.6: none of one at 0.55
	near("calibration error", s.CalibrationError(), (2*0.05+0.55)/3)
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "f.jsonl")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestReadLabels(t *testing.T) {
	labels, err := ReadLabels(write(t, `{"id":"a","label":"hybrid","certainty":2,"ai_share":40,"de_share":35}`+"\n\n"))
	if l := labels["a"]; err != nil || l.Label != classifier.Hybrid || *l.AIShare != 40 || l.Certainty != 2 {
		t.Errorf("%+v, %v", l, err)
	}
	_, err = ReadLabels(write(t, `{"id":"a","label":"boss"}`+"\n{\n"+`{"label":"none"}`+"\n"+`{"id":"b","label":"none","certainty":9}`+"\n"+
		`{"id":"c","label":"none","de_share":101}`+"\n"+`{"format":1,"id":"d","label":"none","ai_share":0.5}`))
	for _, want := range []string{`f.jsonl:1: label "boss"`, "f.jsonl:2: ", `f.jsonl:3: no "id"`, "f.jsonl:4: certainty 9", "f.jsonl:5: ai_share", "f.jsonl:6: a result of rolecall"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %q was wanted", err, want)
		}
	}
	if _, err := ReadLabels("no-such-file"); err == nil {
		t.Error("a file that is not there: no error")
	}
}

func TestReadResponsibilities(t *testing.T) {
	got, err := ReadResponsibilities(write(t, `{"id":"a","responsibilities":{"train-models":[3,9],"deploy-apis":[0,2]}}`+"\n"+`{"id":"b","responsibilities":{}}`+"\n"+`{"id":"a","responsibilities":{"collect-events":[5,6]}}`))
	if s := got["a"]; err != nil || len(s) != 3 || s[0] != (classifier.MarkedResponsibility{ID: "deploy-apis", End: 2}) || got["b"] == nil {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = ReadResponsibilities(write(t, `{"id":"a"}`+"\n"+`{"responsibilities":{}}`+"\n"+`{"id":"a","responsibilities":{"x":[4,4]}}`+"\n"+`{"id":"a","responsibilities":[]}`+"\n"+`{"id":"a","responsibilities":{"x":[1,4,9]}}`))
	for _, want := range []string{`f.jsonl:1: "id" and "responsibilities"`, "f.jsonl:2: ", "f.jsonl:3: x [4 4]: where it begins and ends", "f.jsonl:4: ", "f.jsonl:5: x [1 4 9]"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %q was wanted", err, want)
		}
	}
}

func TestReadSentences(t *testing.T) {
	got, err := ReadSentences(write(t, `{"id":"a","sentences":[{"start":0,"end":9,"section":"D","work":"b"},{"start":10,"end":12,"section":"H","work":"n"}]}`))
	if s := got["a"]; err != nil || len(s) != 2 || s[0].Section != classifier.Duties || !s[0].AI || !s[0].Data || s[1].Section != classifier.HeadingMark || s[1].AI {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{
		`{"id":"a","sentences":[{"start":5,"end":2,"section":"D","work":"n"}]}`,
		`{"id":"a","sentences":[{"start":0,"end":2,"section":"X","work":"n"}]}`,
		`{"id":"a","sentences":[{"start":0,"end":2,"section":"D","work":"ai"}]}`,
		`{"sentences":[]}`,
	} {
		if _, err := ReadSentences(write(t, bad)); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
