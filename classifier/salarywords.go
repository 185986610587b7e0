package classifier

import "strings"

// about is what the words around an amount say of it.
type about struct {
	called     bool // pay, salary, rate, ... stands before it
	refused    bool // bonus, budget, raised, ... stands nearer, or behind it
	weakly     bool // refused, but by a word that is not right behind it
	upTo, from bool
	least      bool   // minimum
	period     string // said before or behind it
	behind     bool   // period stands behind it
	extras     bool   // "plus bonus", "+ benefits" stands behind it
}

// What words say: whether an amount is pay, and its period.
const (
	saysPay = 1 + iota
	saysOther
	saysUpTo
	saysFrom
	saysLeast
	saysHour
	saysDay
	saysWeek
	saysMonth
	saysYear
)

var periods = map[uint8]string{saysHour: "hour", saysDay: "day", saysWeek: "week", saysMonth: "month", saysYear: "year"}

// sayings are the words that count near an amount.
var sayings = sayingsOf(map[uint8]string{
	saysPay:   "salary salaries salaried pay paid pays compensation wage wages rate rates remuneration base earn earning earnings ote package ctc payrate basic income range ranges band",
	saysOther: "bonus bonuses raised raise raising funding funded revenue revenues valued valuation budget budgets stipend stipends reimbursement reimbursements reimburse reimbursed allowance allowances tuition equity stock stocks options shares loan loans grant grants saving savings saved save saves arr mrr insurance coverage invested invest investment investments payment payments investors fund funds series assets aum donation donations worth spend spending spent premium premiums wellness equipment laptop gym match matching matches discount discounts prize prizes fee fees cost costs deposit voucher vouchers gift award awards referral referrals refer signing relocation commuter transactions deals deal portfolio customers customer clients companies users gmv profit profits turnover credit credits tax taxes fine damages commission commissions differential contribution contributions deductible hsa backed capital market losses sales subscription subscriptions scholarship dollar dollars contributes donate donates childcare fertility retirement orders checks policy seed overtime volunteering homeoffice internet phone holidays vacation cap threshold exceed exceeding",
	saysLeast: "minimum min",
	saysHour:  "hour hourly hr ph",
	saysDay:   "day daily pd",
	saysWeek:  "week weekly wk",
	saysMonth: "month monthly mo pcm",
	saysYear:  "year yearly annum annual annually yr yrs pa",
})

func sayingsOf(lists map[uint8]string) map[string]uint8 {
	m := map[string]uint8{}
	for says, words := range lists {
		for _, w := range strings.Fields(words) {
			m[w] = says
		}
	}
	return m
}

const (
	wordsBefore = 14 // how far words are read from an amount
	wordsBehind = 4
	bytesAround = 110
)

// readAbout reads the words around s[start:end].
func readAbout(s string, start, end int) about {
	var a about
	a.readBehind(s, end)
	a.readBefore(s, start)
	return a
}

// readBefore goes back from the amount: the first word that says what it is decides.
func (a *about) readBefore(s string, start int) {
	var buf [24]byte
	stopAt := max(0, start-bytesAround)
	decided, far, next := false, false, ""
	for i, n := start, 0; n < wordsBefore; n++ {
		from, to := wordBack(s, i, stopAt)
		if from == to {
			return
		}
		far = far || strings.Count(s[to:i], "\n") > 2 || (n > 0 || strings.Contains(s[to:i], "\n")) && sentenceEnds(s[to:i])
		if far && decided {
			return
		}
		w := lowered(&buf, s[from:to])
		switch says := sayings[string(w)]; {
		case says == saysPay && !decided:
			decided = true
			a.called = !multiple(s, from, stopAt)
			a.refused = !a.called
		case says == saysOther && !decided && !far:
			a.refused, decided = true, true
		case says == saysLeast && n < 8:
			a.least, a.from = true, a.from || n < 3
		case says >= saysHour && a.period == "" && (n < 4 || n < 10 && len(w) > 4) && !far:
			a.period = periods[says] // farther off only hourly, annual and the like: "3 days a week" is no pay
		case n < 3:
			a.readBound(string(w), next)
		}
		next, i = string(w), from
	}
}

// readBound understands the words right before an amount.
func (a *about) readBound(w, next string) {
	switch {
	case w == "to" && next == "", w == "upto", w == "max", w == "maximum":
		a.upTo = true
	case w == "from", w == "starting", w == "starts", w == "begins", w == "least", w == "over", w == "above":
		a.from, a.upTo = true, false
	}
}

// multiple says whether the word that begins at i is a multiple's: "5x salary".
func multiple(s string, i, stop int) bool {
	from, to := wordBack(s, i, stop)
	if s[from:to] == "s" { // 5x's salary
		from, to = wordBack(s, from, stop)
	}
	return s[from:to] == "x" || s[from:to] == "times"
}

// readBehind reads on from the amount: its period, or what it is for.
func (a *about) readBehind(s string, end int) {
	var buf [24]byte
	stop := min(len(s), end+bytesAround)
	brackets := false
	for i, n := end, 0; n < wordsBehind; n++ {
		from, to := wordAhead(s, i, stop)
		gap := s[i:from]
		brackets = brackets || strings.Contains(gap, "(")
		w := string(lowered(&buf, s[from:to]))
		if from == to || behindEnds(gap, n, w) || !brackets && sentenceEnds(gap) {
			a.extras = strings.Contains(gap, "+") && extraBehind(s, i, stop)
			return
		}
		i = to
		switch says := sayings[w]; {
		case endings[w]:
			a.extras = w == "plus" && extraBehind(s, i, stop)
			return
		case a.period == "" && says >= saysHour:
			a.period, a.behind = periods[says], true
		case a.period == "" && short(gap, w, s, to) != "":
			a.period, a.behind = short(gap, w, s, to), true
		case says == saysPay:
			a.called = true
		case says == saysOther && !brackets && !a.behind:
			a.refused, a.weakly = true, n > 2
			return
		}
	}
}

// endings are words behind which something else than the amount is spoken of.
var endings = map[string]bool{"plus": true, "and": true, "with": true, "or": true, "before": true, "excluding": true}

// extraBehind says whether one of the next three words is what comes on top of pay.
func extraBehind(s string, i, stop int) bool {
	var buf [24]byte
	for range 3 {
		from, to := wordAhead(s, i, stop)
		if extras[string(lowered(&buf, s[from:to]))] {
			return true
		}
		i = to
	}
	return false
}

var extras = map[string]bool{"bonus": true, "bonuses": true, "benefits": true, "package": true, "pension": true, "commission": true, "equity": true}

// behindEnds says whether what is said of an amount ends in the gap before word n behind it.
func behindEnds(gap string, n int, w string) bool {
	if strings.Count(gap, "\n") > 1 || strings.Contains(gap, "•") || strings.ContainsAny(gap, ",;0123456789$£€") {
		return true
	}
	return strings.Contains(gap, "+") && w != "per" || n > 0 && strings.Contains(gap, ":")
}

// short is the period of /h, p.a., p/d and the like: w stands behind gap and ends at s[to].
func short(gap, w, s string, to int) string {
	c := byte(0)
	switch {
	case len(w) == 1 && strings.HasSuffix(gap, "/"):
		c = w[0]
	case w == "p" && to+1 < len(s) && (s[to] == '.' || s[to] == '/'):
		c = s[to+1] | 0x20
	}
	switch c {
	case 'h':
		return "hour"
	case 'd':
		return "day"
	case 'm':
		return "month"
	case 'y', 'a':
		return "year"
	}
	return ""
}

// wordBack is the word that ends at or before i. What stands in brackets is
// passed over: "base salary (without bonus): $".
func wordBack(s string, i, stop int) (from, to int) {
	for i > stop && !isLetter(s[i-1]) {
		i--
		if s[i] == ')' {
			if open := strings.LastIndexByte(s[stop:i], '('); open >= 0 {
				i = stop + open
			}
		}
	}
	to = i
	for i > stop && isLetter(s[i-1]) {
		i--
		if glued(s, i) {
			break
		}
	}
	return i, to
}

func wordAhead(s string, i, stop int) (from, to int) {
	for i < stop && !isLetter(s[i]) {
		i++
	}
	from = i
	for i < stop && isLetter(s[i]) && (i == from || !glued(s, i)) {
		i++
	}
	return from, i
}

// glued says whether a word begins at i without a space, as scraped text has it: OtherSalary.
func glued(s string, i int) bool {
	return i > 0 && s[i] < 'a' && s[i-1] >= 'a' && s[i-1] <= 'z'
}

// sentenceEnds says whether a gap between two words ends a sentence or an item.
func sentenceEnds(gap string) bool {
	for i := range len(gap) {
		switch gap[i] {
		case '!', '?', ';':
			return true
		case '.':
			if i+1 < len(gap) && (gap[i+1] == ' ' || gap[i+1] == '\n') {
				return true
			}
		}
	}
	item := strings.TrimLeft(gap, " ")
	if !strings.HasPrefix(item, "\n") {
		return strings.Contains(gap, "•")
	}
	item = strings.TrimLeft(item, " \n")
	return strings.HasPrefix(item, "•") || strings.HasPrefix(item, "- ") || strings.HasPrefix(item, "* ")
}

func lowered(buf *[24]byte, w string) []byte {
	out := buf[:0]
	for i := 0; i < len(w) && i < len(buf); i++ {
		out = append(out, w[i]|0x20)
	}
	return out
}

// minMax is the second amount of "Minimum: $81,300 Maximum: $119,500", "from
// $90,000 in Ohio up to $120,000".
func (a *about) minMax(s string, m money) (money, bool) {
	if !a.least && !a.from {
		return money{}, false
	}
	for i := m.end; i < len(s) && i < m.end+bytesAround; i++ {
		if !digit(s[i]) || inNumber(s, i-1) {
			continue
		}
		b, ok := moneyAt(s, i)
		if !ok {
			continue
		}
		var end about
		end.readBefore(s, b.start)
		if end.upTo && b.value > m.value && b.value < m.value*5 {
			return b, true
		}
		i = b.end
	}
	return money{}, false
}

// rank says how sure it is that an amount is pay, 0 for not at all.
func (a *about) rank(m *money, isRange, named bool, low, high float64) int {
	switch {
	case a.refused && !(a.called && (isRange || a.weakly)):
		return 0
	case (a.called || named) && isRange:
		return topRank
	case a.called || named:
		return single
	case isRange && high <= low*4, m.period != "" && a.behind && (m.period == "hour" || m.period == "day"), m.period == "year" && (a.behind && !a.from || a.extras) && m.value >= 15000:
		return unnamed
	}
	return 0
}
