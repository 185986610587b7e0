package classifier

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxTasks is how many responsibilities a model can know of: a word's weights
// for all of them are 16 bytes.
const maxTasks = 16

// tasks is what was learned of responsibilities. One of those is called a task
// here, to tell it from the entry of the taxonomy that has its id.
type tasks struct {
	ids   []string // the responsibilities, in the order of the weights
	names []string // of rows: "x:" and a word, "y:" and the id of an entry
	rows  []taskRow
}

// taskRow is what a word or an entry in a duty says of each responsibility: log-odds.
type taskRow [maxTasks]float32

const (
	taskWord  = "x:"
	taskEntry = "y:" // alone: what is said before anything is read
)

// line reads a line of a model file. The first names the responsibilities.
func (t *tasks) line(s string) error {
	cells := strings.Split(s, "\t")
	if t.ids == nil {
		if cells[0] != taskWord {
			return fmt.Errorf("name %q: a row \"%s\" that names the responsibilities was wanted before it", cells[0], taskWord)
		}
		t.ids = cells[1:]
		unlike := slices.Compact(slices.Sorted(slices.Values(t.ids)))
		if n := len(t.ids); n == 0 || n > maxTasks || n != len(unlike) || unlike[0] == "" {
			return fmt.Errorf("%d responsibilities: 1 to %d, each with an id of its own, were wanted", n, maxTasks)
		}
		return nil
	}
	if len(cells) != 1+len(t.ids) {
		return fmt.Errorf("%d cells: %d were wanted", len(cells), 1+len(t.ids))
	}
	if cells[0] == taskWord {
		return errors.New("the responsibilities were named before")
	}
	var row taskRow
	for i, c := range cells[1:] {
		if c == "" {
			continue
		}
		x, err := weightOf(c)
		if err == nil {
			_, err = steps(x)
		}
		if err != nil {
			return err
		}
		row[i] = x
	}
	t.names, t.rows = append(t.names, cells[0]), append(t.rows, row)
	return nil
}

// write writes the lines, in the order of names.
func (t *tasks) write(b *strings.Builder) {
	if len(t.ids) == 0 {
		return
	}
	b.WriteString(taskWord + "\t" + strings.Join(t.ids, "\t") + "\n")
	for _, i := range byName(t.names) {
		b.WriteString(t.names[i])
		for _, x := range t.rows[i][:len(t.ids)] {
			writeCell(b, x, 3)
		}
		b.WriteByte('\n')
	}
}

// complete says whether there is what every duty is told by.
func (t *tasks) complete() bool { return len(t.ids) == 0 || slices.Contains(t.names, taskEntry) }

// keep adds what base knows of responsibilities that t does not.
func (t *tasks) keep(base tasks) {
	at := make(map[string]int, len(t.names))
	for i, name := range t.names {
		at[name] = i
	}
	for from, id := range base.ids {
		to := len(t.ids)
		if to == maxTasks || slices.Contains(t.ids, id) {
			continue
		}
		t.ids = append(t.ids, id)
		for i, name := range base.names {
			if base.rows[i][from] == 0 && name != taskEntry {
				continue
			}
			k, ok := at[name]
			if !ok {
				k = len(t.names)
				at[name] = k
				t.names, t.rows = append(t.names, name), append(t.rows, taskRow{})
			}
			t.rows[k][to] = base.rows[i][from]
		}
	}
}
