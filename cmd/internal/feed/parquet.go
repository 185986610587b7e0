package feed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Bounds of a Parquet file, which says itself how much is to be allocated.
const (
	maxParquetPage   = 256 << 20 // bytes of a page, compressed or not
	maxParquetCells  = 16 << 20  // values of a page
	maxParquetFooter = 64 << 20  // bytes of the index at the end
	maxParquetSpool  = 8 << 30   // bytes of a file that comes through a pipe
)

var parquetMagic = []byte("PAR1")

func isParquet(head []byte) bool { return bytes.HasPrefix(head, parquetMagic) }

// readParquet takes a record a row. A file that is no file, because it comes
// through a pipe or compressed, is put on the disk first: its index is at its end.
func readParquet(s *source, w *window, file *os.File) (err error) {
	if file == nil {
		if file, err = spool(w); err != nil {
			return err
		}
		defer os.Remove(file.Name())
		defer file.Close()
	}
	defer func() { // the library panics on some damage
		if broken := recover(); broken != nil {
			err = fmt.Errorf("damaged Parquet: %v", broken)
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := footerFits(file, info.Size()); err != nil {
		return err
	}
	f, err := parquet.OpenFile(file, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(64<<10))
	if err != nil {
		return fmt.Errorf("no Parquet file: %w", err)
	}
	for i, group := range f.RowGroups() {
		if err := pagesFit(file, &f.Metadata().RowGroups[i]); err != nil {
			return err
		}
		if more, err := readRowGroup(s, group); err != nil || !more {
			return err
		}
	}
	return nil
}

// footerFits checks the length that a file gives of its index, which the
// library allocates before it looks further.
func footerFits(file *os.File, size int64) error {
	var end [8]byte
	if _, err := file.ReadAt(end[:], max(0, size-8)); err != nil || !bytes.Equal(end[4:], parquetMagic) {
		return errors.New("no Parquet file: it does not end in PAR1: it is cut short")
	}
	if n := int64(binary.LittleEndian.Uint32(end[:])); n > min(size-12, maxParquetFooter) {
		return fmt.Errorf("damaged Parquet: an index of %d bytes in a file of %d", n, size)
	}
	return nil
}

// spool copies the rest of w to a temporary file.
func spool(w *window) (*os.File, error) {
	f, err := os.CreateTemp("", "rolecall-*.parquet")
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(f, io.LimitReader(&measured{w: w}, maxParquetSpool))
	if err == nil && n == maxParquetSpool {
		err = fmt.Errorf("more than %d bytes of Parquet through a pipe: name the file instead", int64(maxParquetSpool))
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

// pagesFit reads the headers of a row group's pages and refuses pages that
// would take more memory than a feed's can need.
func pagesFit(file *os.File, group *format.RowGroup) error {
	for _, column := range group.Columns {
		meta := &column.MetaData
		at := meta.DataPageOffset
		if d := meta.DictionaryPageOffset; d > 0 && d < at {
			at = d
		}
		for end := at + meta.TotalCompressedSize; at < end; {
			var header format.PageHeader
			in := &position{r: io.NewSectionReader(file, at, min(end-at, 1<<20))}
			if err := thrift.NewDecoder((&thrift.CompactProtocol{}).NewReader(in)).Decode(&header); err != nil {
				return fmt.Errorf("damaged Parquet: header of a page at byte %d: %w", at, err)
			}
			if size := max(header.CompressedPageSize, header.UncompressedPageSize); size > maxParquetPage || header.CompressedPageSize < 0 {
				return fmt.Errorf("a Parquet page of %d bytes at byte %d: at most %d are read", size, at, maxParquetPage)
			}
			if n := max(header.DataPageHeader.V.NumValues, header.DataPageHeaderV2.V.NumValues, header.DictionaryPageHeader.V.NumValues); n > maxParquetCells {
				return fmt.Errorf("a Parquet page of %d values at byte %d: at most %d are read", n, at, maxParquetCells)
			}
			at += in.n
			if err := unpacksTo(file, at, &header, meta.Codec); err != nil {
				return fmt.Errorf("damaged Parquet: page at byte %d: %w", at, err)
			}
			at += int64(header.CompressedPageSize)
		}
	}
	return nil
}

// position reads and knows how far.
type position struct {
	r io.Reader
	n int64
}

func (p *position) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.n += int64(n)
	return n, err
}

func (p *position) ReadByte() (byte, error) {
	var b [1]byte
	_, err := io.ReadFull(p, b[:])
	return b[0], err
}

// readRowGroup emits a row group's rows and says whether to go on.
func readRowGroup(s *source, group parquet.RowGroup) (more bool, err error) {
	columns := columnsOf(group.Schema())
	rows := group.Rows()
	defer rows.Close()
	buf := make([]parquet.Row, 16)
	for {
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			if !s.emit(Record{fields: rowObject(row, columns)}) {
				return false, nil
			}
		}
		if errors.Is(err, io.EOF) || err == nil && n == 0 {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("damaged Parquet behind record %d: %w", s.records, err)
		}
	}
}

// parquetColumn is a leaf of the schema.
type parquetColumn struct {
	name     string
	repeated bool
	logical  *format.LogicalType
}

// columnsOf names the leaves by their paths; the levels that Parquet puts into
// every list are left out.
func columnsOf(schema *parquet.Schema) []parquetColumn {
	var all []parquetColumn
	for _, path := range schema.Columns() {
		var names []string
		for i, name := range path {
			if i > 0 && (name == "list" || name == "element" || name == "item" || name == "bag" || name == "array") {
				continue
			}
			names = append(names, name)
		}
		c := parquetColumn{name: strings.Join(names, ".")}
		if leaf, ok := schema.Lookup(path...); ok {
			c.repeated = leaf.MaxRepetitionLevel > 0
			c.logical = leaf.Node.Type().LogicalType()
		}
		all = append(all, c)
	}
	return all
}

func rowObject(row parquet.Row, columns []parquetColumn) object {
	o := make(object, len(columns))
	for i, c := range columns {
		o[i].name = c.name
	}
	for _, v := range row {
		i := v.Column()
		if i < 0 || i >= len(columns) || v.IsNull() {
			continue
		}
		value := parquetValue(v, columns[i].logical)
		if columns[i].repeated {
			list, _ := o[i].value.([]any)
			value = append(list, value)
		}
		o[i].value = value
	}
	return o
}

// parquetValue is a cell; times become dates.
func parquetValue(v parquet.Value, logical *format.LogicalType) any {
	switch v.Kind() {
	case parquet.Boolean:
		return v.Boolean()
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return valid(string(v.ByteArray()))
	case parquet.Int32, parquet.Int64:
		if at, ok := timeOf(v.Int64(), v, logical); ok {
			return at
		}
	}
	return number(jsonNumber(v.String()))
}

func timeOf(n int64, v parquet.Value, logical *format.LogicalType) (string, bool) {
	if logical == nil {
		return "", false
	}
	if _, ok := logical.Value.(*format.DateType); ok {
		return time.Unix(int64(v.Int32())*24*3600, 0).UTC().Format(time.DateOnly), true
	}
	ts, ok := logical.Value.(*format.TimestampType)
	if !ok {
		return "", false
	}
	if ts.Unit.Value == nil {
		return "", false
	}
	unit := int64(ts.Unit.Value.Duration())
	at := time.Unix(n/(1e9/unit), n%(1e9/unit)*unit)
	return at.UTC().Format(time.RFC3339), true
}

// jsonNumber is a number as JSON has it; what JSON has no number for is 0.
func jsonNumber(s string) string {
	if _, err := strconv.ParseFloat(s, 64); err != nil || strings.ContainsAny(s, "nNiIxX_") {
		return "0"
	}
	return s
}
