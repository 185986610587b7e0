package classifier

import (
	"slices"
	"testing"

	"rolecall/index"
)

func defaultLevels(t testing.TB) levels {
	t.Helper()
	tax, err := index.DefaultTaxonomy()
	if err != nil {
		t.Fatal(err)
	}
	return newLevels(tax.Entries)
}

func TestSeniorityOfTitle(t *testing.T) {
	l := defaultLevels(t)
	for _, c := range []struct{ in, want string }{
		{"Data Engineer", Unspecified},
		{"", Unspecified},
		{"Data Engineering Intern", "intern"},
		{"Senior Director's Office: Intern", "intern"},
		{"Working Student Data Platform (m/f/d)", "intern"},
		{"Co-op, Machine Learning", "intern"},
		{"Junior Data Engineer", "junior"},
		{"Jr. ML Engineer", "junior"},
		{"Graduate AI Engineer 2025", "junior"},
		{"Data Engineer Associate", "junior"},
		{"Research Associate", Unspecified},
		{"Data Engineer I", "junior"},
		{"Phase I Trial Data Lead", "lead"},
		{"Entry-Level Analyst", "junior"},
		{"Mid-Level Data Engineer", "mid"},
		{"Mid-Market Account Executive", Unspecified},
		{"Software Engineer II", "mid"},
		{"Machine Learning Engineer 2", "mid"},
		{"L2 Application Support", Unspecified},
		{"Software Engineer III - Data", "senior"},
		{"Sr. Data Engineer", "senior"},
		{"SENIOR DATA ENGINEER", "senior"},
		{"Data Engineer/Senior Data Engineer", "senior"},
		{"Mid/Senior Python Developer", "senior"},
		{"Senior Associate, Analytics", "senior"},
		{"Lead Data Engineer", "lead"},
		{"Senior Lead Engineer", "lead"},
		{"Team Leader, Data Platform", "lead"},
		{"Lead Generation Specialist", Unspecified},
		{"Staff Machine Learning Engineer", "principal"},
		{"Senior Staff Engineer", "principal"},
		{"Principal Data Architect", "principal"},
		{"Chief Architect", "principal"},
		{"Member of Technical Staff", Unspecified},
		{"Staff Nurse, Night Shift", Unspecified},
		{"Senior Manager, Data Engineering", "manager"},
		{"Engineering Manager", "manager"},
		{"Head of Data", "manager"},
		{"VP, Machine Learning", "manager"},
		{"Associate Director, AI", "manager"},
		{"Product Manager, AI", Unspecified},
		{"Senior Product Manager", "senior"},
	} {
		if got := l.seniority(scanOf(c.in), scanOf("")); got != c.want {
			t.Errorf("seniority(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSeniorityOfDescription(t *testing.T) {
	l := defaultLevels(t)
	for _, c := range []struct{ title, in, want string }{
		{"Data Engineer", "We are looking for a Junior Data Engineer to join us.", "junior"},
		{"Data Engineer", "We are looking for Sr. Data Engineers in Austin.", "senior"},
		{"Data Engineer", "They have a requirement for a mid-level data engineer.", "mid"},
		{"Data Architect", "Secret clearance. We have an opportunity for a Senior Data Architect in Leeds.", "senior"},
		{"Data Engineer", "We are seeking an experienced and curious senior engineer.", "senior"},
		{"Data Engineer", "<p>This is a <b>mid-level</b> role.</p>", "mid"},
		{"ML Engineer", "As a Staff ML Engineer you set the direction.", "principal"},
		{"Lead ML Engineer", "We are looking for a senior engineer.", "lead"},
		{"Data Engineer", "We are looking for a Data Engineer to help our senior analysts.", Unspecified},
		{"Data Engineer", "You work under a senior engineer and need 5+ years of experience.", Unspecified},
		{"Data Engineer", "As a staff member you get free lunch.", Unspecified},
		{"Data Engineer", "We are hiring a Data Engineer. Senior colleagues help.", Unspecified},
		{"Data Engineer", "This is a manager's dream.", Unspecified},
		{"Data Engineer", "We scale without hiring more staff, in every office.", Unspecified},
		{"Nurse", "We are looking for staff nurses to join the ward.", Unspecified},
		{"Data Engineer", "Build pipelines.\n\nSeniority level\nEntry level\nEmployment type\nFull-time", "junior"},
		{"Data Engineer", "Build pipelines.\nSeniority level\n\nMid-Senior level", Unspecified},
		{"Data Engineer", "Pay depends on seniority level, entry level included.", Unspecified},
	} {
		if got := l.seniority(scanOf(c.title), scanOf(c.in)); got != c.want {
			t.Errorf("seniority(%q, %q) = %q, want %q", c.title, c.in, got, c.want)
		}
	}
}

func FuzzSeniority(f *testing.F) {
	l := defaultLevels(f)
	f.Add("Senior Data Engineer II", "looking for a junior")
	f.Add("I", "As a ")
	f.Fuzz(func(t *testing.T, title, description string) {
		if got := l.seniority(scanOf(title), scanOf(description)); got != Unspecified && !slices.Contains(ranks, got) {
			t.Errorf("seniority(%q, %q) = %q: no level", title, description, got)
		}
	})
}

// scanOf is a text cut into words, without tags.
func scanOf(text string) *index.Scan {
	return &index.Scan{Text: text, Tokens: index.Lex(nil, text)}
}
