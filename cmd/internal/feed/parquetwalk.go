package feed

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// Bounds of what a Parquet file says of itself, in Thrift. The library makes a
// slice as long as a list says it is, and running out of memory is no panic that
// could be recovered from: all of it is looked over before the library sees it.
const (
	maxParquetFooter = 32 << 20  // bytes of the index at the end
	maxParquetHeader = 16 << 20  // bytes of a page's header: the least and the greatest value are in it, whole
	maxParquetSchema = 5_000     // elements of the schema
	maxParquetGroups = 32_767    // row groups: their numbers have 16 bits
	maxParquetChunks = 65_536    // columns of all row groups, which take 700 bytes of memory each
	maxParquetItems  = 1_000_000 // items of all lists
)

// thriftWalk goes over a struct in Thrift's compact protocol, by the types that
// stand in it as the library does, and keeps nothing of it. A size must fit into
// the bytes that are left.
type thriftWalk struct {
	in    position
	buf   *bufio.Reader
	r     thrift.Reader
	at    []int16 // numbers of the fields that lead to where it is
	items int     // of all lists so far

	// What is wanted of the walk, nil where nothing is: the size of a list of
	// structs, an integer of 32 bits, and the end of a struct in a list.
	list   func(size int) error
	number func(n int32)
	ended  func() error
}

// newThriftWalk walks over a struct at a byte of a file, and no further than size.
func newThriftWalk(file *os.File, at, size int64) *thriftWalk {
	w := &thriftWalk{}
	w.buf = bufio.NewReader(io.NewSectionReader(file, at, size))
	w.in = position{r: w.buf, left: size}
	w.r = (&thrift.CompactProtocol{}).NewReader(&w.in)
	return w
}

// position reads from a place in a file, and knows how far it has come.
type position struct {
	r       *bufio.Reader
	n, left int64
}

func (p *position) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.n, p.left = p.n+int64(n), p.left-int64(n)
	return n, err
}

func (p *position) ReadByte() (byte, error) {
	b, err := p.r.ReadByte()
	if err == nil {
		p.n, p.left = p.n+1, p.left-1
	}
	return b, err
}

func (p *position) skip(n int) error {
	done, err := p.r.Discard(n)
	p.n, p.left = p.n+int64(done), p.left-int64(done)
	return err
}

// structure goes over a struct, the fields that nobody knows too.
func (w *thriftWalk) structure() error {
	if len(w.at) > maxDepth {
		return fmt.Errorf("nested more than %d deep", maxDepth)
	}
	w.at = append(w.at, 0)
	for last := int16(0); ; {
		f, err := w.r.ReadField()
		if err != nil {
			return cut(err)
		}
		if f.Type == thrift.STOP {
			w.at = w.at[:len(w.at)-1]
			return nil
		}
		if f.Delta {
			f.ID += last
		}
		last = f.ID
		w.at[len(w.at)-1] = f.ID
		if f.Type == thrift.TRUE || f.Type == thrift.FALSE {
			continue // the type is the value
		}
		if err := w.value(f.Type, 0); err != nil {
			return err
		}
	}
}

// value goes over a value in so many lists.
func (w *thriftWalk) value(t thrift.Type, lists int) (err error) {
	switch t {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		err = w.in.skip(1)
	case thrift.I16, thrift.I64:
		_, err = w.r.ReadInt64()
	case thrift.I32:
		var n int32
		if n, err = w.r.ReadInt32(); err == nil && w.number != nil {
			w.number(n)
		}
	case thrift.DOUBLE:
		err = w.in.skip(8)
	case thrift.UUID:
		err = w.in.skip(16)
	case thrift.BINARY:
		var n int
		if n, err = w.r.ReadLength(); err == nil {
			if err = w.fits(n); err == nil {
				err = w.in.skip(n)
			}
		}
	case thrift.STRUCT:
		return w.structure()
	case thrift.LIST, thrift.SET:
		l, err := w.r.ReadList()
		if err != nil {
			return cut(err)
		}
		return w.values(int(l.Size), lists, l.Type)
	case thrift.MAP:
		m, err := w.r.ReadMap()
		if err != nil {
			return cut(err)
		}
		return w.values(int(m.Size), lists, m.Key, m.Value)
	default:
		return fmt.Errorf("a value of an unknown type %d", t)
	}
	return cut(err)
}

// values goes over the items of a list, or of a map, which have two types.
func (w *thriftWalk) values(size, lists int, types ...thrift.Type) error {
	if err := w.fits(size); err != nil {
		return err
	}
	if w.items += size; w.items > maxParquetItems || lists > maxDepth {
		return fmt.Errorf("more than %d items in its lists, or lists nested more than %d deep", maxParquetItems, maxDepth)
	}
	if w.list != nil && types[0] == thrift.STRUCT {
		if err := w.list(size); err != nil {
			return err
		}
	}
	for range size {
		for _, t := range types {
			if err := w.value(t, lists+1); err != nil {
				return err
			}
			if w.ended != nil && t == thrift.STRUCT {
				if err := w.ended(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fits holds a size to the bytes that are left, of which every item takes one.
func (w *thriftWalk) fits(size int) error {
	if int64(size) > w.in.left {
		return fmt.Errorf("a size of %d where %d bytes are left", size, w.in.left)
	}
	return nil
}

// cut says of an end that it comes too early.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Fields of the index, by their numbers in Parquet's Thrift definitions.
var (
	fieldSchema   = []int16{2}
	fieldChildren = []int16{2, 5}
	fieldGroups   = []int16{4}
	fieldChunks   = []int16{4, 1}
)

// footerFits looks over a file's index, and says how many elements its schema has.
func footerFits(file *os.File, size, length int64) (elements int, err error) {
	w := newThriftWalk(file, size-8-length, length)
	groups, chunks := 0, 0
	children, open := int32(0), []int32{} // of the element at hand; still to come, of those that it is in
	w.list = func(n int) error {
		switch {
		case slices.Equal(w.at, fieldSchema):
			if elements > 0 {
				return errors.New("two schemas") // the library would mix them
			}
			elements = n
		case slices.Equal(w.at, fieldGroups):
			groups += n
		case slices.Equal(w.at, fieldChunks):
			chunks += n
		}
		if elements > maxParquetSchema || groups > maxParquetGroups || chunks > maxParquetChunks {
			return fmt.Errorf("%d elements in its schema, %d row groups, %d columns in them: at most %d, %d and %d are read",
				elements, groups, chunks, maxParquetSchema, maxParquetGroups, maxParquetChunks)
		}
		return nil
	}
	w.number = func(n int32) {
		if slices.Equal(w.at, fieldChildren) {
			children = n
		}
	}
	w.ended = func() error {
		if !slices.Equal(w.at, fieldSchema) {
			return nil
		}
		if children > maxParquetSchema {
			return fmt.Errorf("an element with %d children in a schema of %d", children, elements)
		}
		if children > 0 {
			open = append(open, children)
		} else {
			for len(open) > 0 {
				if open[len(open)-1]--; open[len(open)-1] > 0 {
					break
				}
				open = open[:len(open)-1]
			}
		}
		if children = 0; len(open) > maxDepth {
			return fmt.Errorf("a schema nested more than %d deep", maxDepth)
		}
		return nil
	}
	return elements, w.structure()
}
