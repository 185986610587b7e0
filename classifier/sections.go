package classifier

import "strings"

var allSections = []Section{Title, Duties, Requirements, Preferred, Company, Benefits, Legal, Other}

func (s Section) known() bool {
	for _, k := range allSections {
		if s == k {
			return true
		}
	}
	return false
}

func sectionNames() string {
	names := make([]string, len(allSections))
	for i, s := range allSections {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// sections of a description, in the order of a model's outputs.
var sections = [...]Section{Duties, Requirements, Preferred, Company, Benefits, Legal, Other}

func sectionIndex(s Section) int8 {
	for i, k := range sections {
		if s == k {
			return int8(i)
		}
	}
	return -1
}
