package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Output is the file that a run writes, and what it takes to go on with it.
// Until the run is complete the rows are in NAME.part, and NAME.part.json says
// how far they are good; then NAME appears, whole. A crash at any moment
// leaves a state to go on from. Of a run that may be asked to go on, NAME.done.json
// is left, by which that is known to be nothing more to do.
type Output struct {
	name     string
	part     *os.File
	errors   *os.File // may be nil
	interval time.Duration
	last     time.Time
	point    checkpoint
	resumes  bool // a later run may be asked to go on
}

// checkpoint says what is good of a file half written.
type checkpoint struct {
	Run     string          // what the run is of: inputs and options
	Records int             // dealt with
	Output  int64           // bytes of the part that belong to them
	Errors  int64           // bytes of the errors file
	Totals  [4]int64        // of Totals
	State   json.RawMessage // whatever else the run has gathered
}

// ErrComplete says that there is nothing to go on with: the output is whole.
// ErrOther says that it is, and not known to be of the same inputs and options.
var (
	ErrComplete = errors.New("the output is complete")
	ErrOther    = errors.New("the output is complete, and not known to be of these inputs and options")
)

// Create starts an output and the file for errors, if errorsName is not "".
// run names inputs and options: a later run that resumes must have the same.
func Create(name, errorsName, run string) (*Output, error) {
	o := &Output{name: name, interval: 2 * time.Second, point: checkpoint{Run: run}}
	if err := o.open(errorsName); err != nil {
		return nil, err
	}
	for _, name := range []string{o.pointName(), doneName(name)} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if err := o.cut(); err != nil {
		return nil, err
	}
	return o, o.savePoint() // so that a resume knows even a run that wrote nothing
}

// Beside are the files that an output needs besides its own: until it is whole,
// and the one that says what a whole one is of.
func Beside(name string) []string {
	return []string{name + ".part", name + ".part.json", name + ".part.json.new", doneName(name)}
}

func doneName(name string) string { return name + ".done.json" }

func (o *Output) pointName() string { return o.name + ".part.json" }

// Resume goes on with an output that an earlier run left, or starts one.
func Resume(name, errorsName, run string) (*Output, error) {
	o := &Output{name: name, interval: 2 * time.Second, resumes: true}
	whole := exists(name) && !exists(name+".part")
	read := o.pointName()
	if whole && !exists(read) { // else it ended between the last two steps of Finish
		read = doneName(name)
	}
	data, err := os.ReadFile(read)
	switch {
	case errors.Is(err, fs.ErrNotExist) && whole:
		return nil, ErrOther
	case errors.Is(err, fs.ErrNotExist):
		o, err := Create(name, errorsName, run)
		if err == nil {
			o.resumes = true
		}
		return o, err
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(data, &o.point); err != nil {
		return nil, fmt.Errorf("%s: %w", read, err)
	}
	switch {
	case whole && o.point.Run != run:
		return nil, ErrOther
	case whole:
		return nil, ErrComplete
	}
	if o.point.Run != run {
		return nil, fmt.Errorf("%s.part was begun with other inputs, options or another taxonomy: remove it and its .json to start anew", name)
	}
	if err := o.open(errorsName); err != nil {
		return nil, err
	}
	return o, o.cut()
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// open opens the files and leaves them as they are: where one cannot be opened
// the other has lost nothing. The errors come first, a part that nothing was
// written to would be left.
func (o *Output) open(errorsName string) (err error) {
	if errorsName != "" {
		if o.errors, err = os.OpenFile(errorsName, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
			return err
		}
	}
	o.part, err = os.OpenFile(o.name+".part", os.O_RDWR|os.O_CREATE, 0o644)
	return err
}

// cut cuts off what is not good of the files.
func (o *Output) cut() error {
	if err := cutTo(o.part, o.point.Output); err != nil || o.errors == nil {
		return err
	}
	return cutTo(o.errors, o.point.Errors)
}

// cutTo has a file begin again where its first size bytes end.
func cutTo(f *os.File, size int64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < size {
		return fmt.Errorf("%s has fewer than the %d bytes that were written: it cannot be gone on with", f.Name(), size)
	}
	if err := f.Truncate(size); err != nil {
		return err
	}
	_, err = f.Seek(size, 0)
	return err
}

// Rows is where the rows go, Errors where errors go; nil where nowhere.
func (o *Output) Rows() *os.File   { return o.part }
func (o *Output) Errors() *os.File { return o.errors }

// Done is how many records earlier runs have dealt with; state is what the
// last Save was given.
func (o *Output) Done() (records int, totals [4]int64, state json.RawMessage) {
	return o.point.Records, o.point.Totals, o.point.State
}

// Begun says whether an earlier run has written rows.
func (o *Output) Begun() bool { return o.point.Output > 0 }

// Save makes what is written so far good, at most once an interval unless now
// is true. state is asked for only when it is needed.
func (o *Output) Save(records int, t *Totals, now bool, state func() ([]byte, error)) error {
	if !now && time.Since(o.last) < o.interval {
		return nil
	}
	o.last = time.Now()
	if err := o.measure(); err != nil {
		return err
	}
	var err error
	if o.point.State, err = state(); err != nil {
		return err
	}
	o.point.Records = records
	o.point.Totals = [4]int64{t.Records.Load(), t.Written.Load(), t.Failed.Load(), t.Copies.Load()}
	return o.savePoint()
}

func (o *Output) savePoint() error {
	data, err := json.Marshal(o.point)
	if err != nil {
		return err
	}
	next := o.pointName() + ".new"
	if err := os.WriteFile(next, data, 0o644); err != nil {
		return err
	}
	return os.Rename(next, o.pointName())
}

// measure notes how long the files are, once they are on the disk.
func (o *Output) measure() (err error) {
	if o.point.Output, err = synced(o.part); err == nil && o.errors != nil {
		o.point.Errors, err = synced(o.errors)
	}
	return err
}

func synced(f *os.File) (int64, error) {
	if err := f.Sync(); err != nil {
		return 0, err
	}
	return f.Seek(0, 1)
}

// Finish puts the whole file in its place.
func (o *Output) Finish() error {
	err := errors.Join(o.part.Sync(), o.part.Close())
	if o.errors != nil {
		err = errors.Join(err, o.errors.Close())
	}
	if err != nil {
		return err
	}
	if err := os.Rename(o.name+".part", o.name); err != nil {
		return err
	}
	if o.resumes {
		return os.Rename(o.pointName(), doneName(o.name))
	}
	for _, name := range []string{o.pointName(), o.pointName() + ".new"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Abandon closes the files and leaves them to be gone on with.
func (o *Output) Abandon() {
	o.part.Close()
	if o.errors != nil {
		o.errors.Close()
	}
}
