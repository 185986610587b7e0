package classifier

import "strings"

// number reads digits with their separators: 75,000 75.000 9,00,000 63.68,
// and with spaces true 18 000.
func number(s string, i int, spaces bool) (value float64, end int, ok bool) {
	j, n := i, 0
	for ; j < len(s) && digit(s[j]); j++ {
		value = value*10 + float64(s[j]-'0')
		n++
	}
	if n > 9 {
		return 0, j, false
	}
	for n <= 3 && j < len(s) {
		sep := separator(s, j, spaces)
		if sep == 0 {
			break
		}
		k := digits(s, j+sep)
		if k != 3 && (k != 2 || s[j] != ',' || j+3 >= len(s) || s[j+3] != ',' || digits(s, j+4) < 2) {
			break
		}
		for j += sep; k > 0; k-- {
			value = value*10 + float64(s[j]-'0')
			j++
		}
	}
	if j+1 < len(s) && (s[j] == '.' || s[j] == ',') {
		switch digits(s, j+1) {
		case 1:
			value, j = (value*10+float64(s[j+1]-'0'))/10, j+2
		case 2:
			value, j = (value*100+float64(s[j+1]-'0')*10+float64(s[j+2]-'0'))/100, j+3
		}
	}
	return value, j, value < 1e12
}

// separator is the size of what may part thousands at j, 0 for nothing.
func separator(s string, j int, spaces bool) int {
	switch {
	case s[j] == ',' || s[j] == '.' || s[j] == '\'':
		return 1
	case spaces && s[j] == ' ':
		return 1
	case spaces && strings.HasPrefix(s[j:], "\u00a0"):
		return 2
	case spaces && (strings.HasPrefix(s[j:], "\u202f") || strings.HasPrefix(s[j:], "\u2009")):
		return 3
	}
	return 0
}

func digit(c byte) bool { return c-'0' < 10 }

// digits counts the digits at i.
func digits(s string, i int) int {
	n := 0
	for i+n < len(s) && digit(s[i+n]) {
		n++
	}
	return n
}
