package classifier

import (
	"math"
	"slices"
	"strings"

	"rolecall/index"
)

// What a duty says of responsibilities is learned, as far as readers marked
// them: no list of forms foresees the ways to say one, the words of a sentence
// tell many. A form weighs much among them and is not enough by itself. A
// responsibility that the model knows nothing of is found by its forms alone.

// taskWeights are a taskRow in steps of weightStep: one a byte, the first
// lowest, each 128 too high.
type taskWeights [2]uint64

var noTasks = taskWeights{noSections, noSections}

func (r *taskRow) weights() taskWeights {
	w := noTasks
	for i, x := range r {
		n, _ := steps(x)
		w[i/8] += uint64(n) << (i % 8 * 8)
	}
	return w
}

// byWord are the weights of words by their numbers; 0 is of all that have none.
func (t *tasks) byWord(numbers map[uint64]uint32) []taskWeights {
	if len(t.ids) == 0 {
		return nil
	}
	out := slices.Repeat([]taskWeights{noTasks}, len(numbers)+1)
	for i, name := range t.names {
		if word, ok := strings.CutPrefix(name, taskWord); ok {
			out[numbers[index.Sum(word)]] = t.rows[i].weights()
		}
	}
	return out
}

// taskTally adds taskWeights up, n of them and mostAdds at most: of eight tasks
// each 0 2 4 6 and 1 3 5 7, sixteen bits each.
type taskTally struct {
	even0, odd0, even1, odd1 uint64
	n                        int32
}

func (s *taskTally) add(w *taskWeights) {
	s.even0 += w[0] & lanes
	s.odd0 += w[0] >> 8 & lanes
	s.even1 += w[1] & lanes
	s.odd1 += w[1] >> 8 & lanes
	s.n++
}

// addTo adds the sums to z.
func (s *taskTally) addTo(z *taskSteps) {
	over := zeroStands * s.n
	for i := range 4 {
		shift := i * 16
		z[2*i] += int32(uint16(s.even0>>shift)) - over
		z[2*i+1] += int32(uint16(s.odd0>>shift)) - over
		z[2*i+8] += int32(uint16(s.even1>>shift)) - over
		z[2*i+9] += int32(uint16(s.odd1>>shift)) - over
	}
}

// boundTasks are a model's tasks bound to a taxonomy.
type boundTasks struct {
	always  taskWeights
	entries []taskWeights // by entry: what it says
	of      []int8        // by entry: the task that it is, -1 for none
	entry   []int32       // by task, -1 for those the taxonomy does not have
}

func (c *Classifier) bindTasks(t *tasks) boundTasks {
	b := boundTasks{always: noTasks, entry: slices.Repeat([]int32{-1}, len(t.ids))}
	said := map[string]taskWeights{}
	for i, name := range t.names {
		if id, ok := strings.CutPrefix(name, taskEntry); id == "" {
			b.always = t.rows[i].weights()
		} else if ok {
			said[id] = t.rows[i].weights()
		}
	}
	for i, e := range c.ix.Entries() {
		task := -1
		if e.Kind == index.Responsibility {
			task = slices.Index(t.ids, e.ID)
		}
		if b.of = append(b.of, int8(task)); task >= 0 {
			b.entry[task] = int32(i)
		}
		weights, ok := said[e.ID]
		if !ok {
			weights = noTasks
		}
		b.entries = append(b.entries, weights)
	}
	return b
}

const (
	taskFound  = 0.45 // a responsibility is found if this is how likely one of the duties says it, whichever
	taskNamed  = 0.3  // it is named where a duty does with this probability, or most clearly
	taskUnread = -4   // log-odds below which a duty says nothing of a responsibility
	taskWords  = 60   // that name one at most
)

// taskSteps are log-odds of each responsibility in steps of weightStep.
type taskSteps [maxTasks]int32

// sayingTask is a duty that says something of a responsibility.
type sayingTask struct {
	entry    int32
	task     int8 // -1 for one that its forms alone say
	unit     int32
	from, to int32 // tags of index.Works in the unit
	steps    int32 // log-odds
}

// findTasks finds the responsibilities, each where it is named.
func (r *reading) findTasks(p *Posting) {
	b := &r.engine.tasks
	tags := r.scan.Tags[index.Works]
	r.tasks = r.tasks[:0]
	var none [maxTasks]float32 // probability that no duty says it
	var best taskSteps
	for t := range none {
		none[t], best[t] = 1, math.MinInt32
	}
	from, to := int32(0), int32(0)
	for k := range r.units {
		for from = to; int(to) < len(tags) && tags[to].First <= r.units[k].last; to++ {
		}
		if !r.isDuty(k) {
			continue
		}
		for i := from; i < to; i++ {
			if e := tags[i].Entry; b.of[e] < 0 {
				r.tasks = append(r.tasks, sayingTask{entry: e, task: -1, unit: int32(k), from: i, to: i + 1})
			}
		}
		if len(b.entry) == 0 {
			continue
		}
		z := r.taskOdds(k)
		for t, e := range b.entry {
			if z[t] < unreadSteps || e < 0 {
				continue
			}
			none[t] /= 1 + exp32(weightStep*float32(z[t]))
			if z[t] >= namedSteps || z[t] > best[t] {
				r.tasks = append(r.tasks, sayingTask{e, int8(t), int32(k), from, to, z[t]})
			}
			best[t] = max(best[t], z[t])
		}
	}
	for i := range r.tasks {
		s := &r.tasks[i]
		if t := s.task; t < 0 || none[t] <= 1-taskFound && (s.steps >= namedSteps || s.steps == best[t]) {
			r.seeTask(p, s)
		}
	}
}

var (
	namedSteps  = int32(math.Ceil(logOdds(taskNamed) / weightStep))
	unreadSteps = int32(math.Ceil(taskUnread / weightStep))
)

// taskOdds are the log-odds that a duty names each responsibility.
func (r *reading) taskOdds(k int) (z taskSteps) {
	u, b, rows := &r.units[k], &r.engine.tasks, r.engine.model.tables.tasks
	var sum taskTally
	sum.add(&b.always)
	for _, entry := range r.entriesIn(k) {
		if sum.n == chunk {
			sum.addTo(&z)
			sum = taskTally{}
		}
		sum.add(&b.entries[entry])
	}
	for words := r.scan.Own[u.first : u.last+1]; len(words) > 0; {
		n := min(len(words), chunk)
		for _, word := range words[:n] {
			sum.add(&rows[word])
		}
		words = words[n:]
		sum.addTo(&z)
		sum = taskTally{}
	}
	return z
}

// seeTask notes a responsibility where forms name it in a unit, and where none
// does the words that say it.
func (r *reading) seeTask(p *Posting, s *sayingTask) {
	named := false
	for _, tag := range r.scan.Tags[index.Works][s.from:s.to] {
		if tag.Entry == s.entry {
			r.see(s.entry, r.mention(p, tag.Start, tag.End), NeedDuty)
			named = true
		}
	}
	if !named {
		first, last := r.wordsFor(int(s.task), &r.units[s.unit])
		r.see(s.entry, r.mention(p, r.scan.Tokens[first].Start, r.scan.Tokens[last].End), NeedDuty)
	}
}

// wordsFor are the tokens of a unit that say most of a task: the run of words
// whose weights add up to most, and all of the unit where none speaks for it.
func (r *reading) wordsFor(task int, u *unit) (first, last int32) {
	rows, shift := r.engine.model.tables.tasks, task%8*8
	most, sum, from := int32(0), int32(0), u.first
	first, last = u.first, u.last
	for i := u.first; i <= u.last; i++ {
		if sum <= 0 {
			sum, from = 0, i
		}
		sum += int32(uint8(rows[r.scan.Own[i]][task/8]>>shift)) - zeroStands
		if sum > most {
			most, first, last = sum, from, i
		}
	}
	return first, min(last, first+taskWords-1)
}
