package feed

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// rowGroup reads the rows of a row group, value by value: the library gives
// whole rows, and a row may have a list as long as a page can say.
type rowGroup []columnValues

// columnValues are the values of a column that are still to be read.
type columnValues struct {
	parquetColumn
	r    parquet.ColumnChunkValueReader
	next []parquet.Value // of buf
	buf  [32]parquet.Value
}

// peek is the next value, which is good until that behind it is looked at.
func (c *columnValues) peek() (*parquet.Value, error) {
	if len(c.next) == 0 {
		n, err := c.r.ReadValues(c.buf[:])
		if n == 0 {
			return nil, err
		}
		c.next = c.buf[:n]
	}
	return &c.next[0], nil
}

// readRowGroup emits a row group's rows and says whether to go on.
func readRowGroup(s *source, group parquet.RowGroup, columns []parquetColumn) (more bool, err error) {
	g := make(rowGroup, len(columns))
	for i, chunk := range group.ColumnChunks() {
		r := parquet.NewColumnChunkValueReader(chunk)
		defer r.Close()
		if err := r.SeekToRow(0); err != nil {
			return false, fmt.Errorf("damaged Parquet behind record %d: %w", s.records, err)
		}
		g[i] = columnValues{parquetColumn: columns[i], r: r}
	}
	for {
		var r Record
		switch r.fields, err = g.row(); {
		case errors.Is(err, io.EOF):
			return true, nil
		case errors.Is(err, errLarge):
			r.Err = err
		case err != nil:
			return false, fmt.Errorf("damaged Parquet behind record %d: %w", s.records, err)
		}
		if !s.emit(r) {
			return false, nil
		}
	}
}

// row reads a row. Of one that is too large nothing is kept.
func (g rowGroup) row() (object, error) {
	o := make(object, len(g))
	values, size, ended := 0, 0, 0
	for i := range g {
		c := &g[i]
		o[i].name = c.name
		for first := true; ; first = false {
			v, err := c.peek()
			if errors.Is(err, io.EOF) {
				if first {
					ended++
				}
				break
			}
			if err != nil {
				return nil, err
			}
			if !first && v.RepetitionLevel() == 0 {
				break // the next row's
			}
			c.next = c.next[1:]
			if values++; v.IsNull() {
				continue
			}
			if k := v.Kind(); k == parquet.ByteArray || k == parquet.FixedLenByteArray {
				size += len(v.ByteArray())
			}
			if values > maxValues || size > maxParquetRow {
				clear(o)
				continue
			}
			value := parquetValue(*v, c.logical)
			if c.repeated {
				list, _ := o[i].value.([]any)
				value = append(list, value)
			}
			o[i].value = value
		}
	}
	switch {
	case ended == len(g):
		return nil, io.EOF
	case ended > 0:
		return nil, errors.New("columns with fewer rows than others")
	case values > maxValues:
		return nil, fmt.Errorf("more than %d values in a row: %w", maxValues, errLarge)
	case size > maxParquetRow:
		return nil, fmt.Errorf("a row of %d bytes: %w", size, errLarge)
	}
	return o, nil
}
