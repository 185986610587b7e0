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
	"github.com/parquet-go/parquet-go/format"
)

// Bounds of a Parquet file, which says itself how much is to be allocated.
const (
	maxParquetPages  = 112 << 20     // bytes that a page of every column takes, with the dictionaries: DuckDB's pages have 100 MB
	maxParquetPacked = 64 << 20      // bytes of a page as it is compressed, beside that
	maxParquetCells  = 4 << 20       // values of a page: a row group has a million rows where it has many
	maxParquetRow    = 4 * maxRecord // bytes of a row: with --enrich a record is in its result's row
	maxParquetNames  = 4 << 20       // bytes of the columns' names, paths and all
	maxParquetSpool  = 8 << 30       // bytes of a file that comes through a pipe
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
	length, err := footerLength(file, info.Size())
	if err != nil {
		return err
	}
	elements, err := footerFits(file, info.Size(), length)
	if err != nil {
		return fmt.Errorf("damaged Parquet: the index at the end: %w", err)
	}
	buffer := min(64<<10, max(4<<10, (16<<20)/max(1, elements))) // every column has one
	f, err := parquet.OpenFile(file, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(buffer))
	if err != nil {
		return fmt.Errorf("no Parquet file: %w", err)
	}
	columns, err := columnsOf(f.Schema())
	if err != nil {
		return err
	}
	groups := f.Metadata().RowGroups
	for i, group := range f.RowGroups() {
		if err := pagesFit(file, &groups[i], &groups[0]); err != nil {
			return err
		}
		if more, err := readRowGroup(s, group, columns); err != nil || !more {
			return err
		}
	}
	return nil
}

// footerLength is the length that a file gives of its index.
func footerLength(file *os.File, size int64) (int64, error) {
	var end [8]byte
	if _, err := file.ReadAt(end[:], max(0, size-8)); err != nil || !bytes.Equal(end[4:], parquetMagic) {
		return 0, errors.New("no Parquet file: it does not end in PAR1: it is cut short")
	}
	n := int64(binary.LittleEndian.Uint32(end[:]))
	if n > size-12 {
		return 0, fmt.Errorf("damaged Parquet: an index of %d bytes in a file of %d", n, size)
	}
	if n > maxParquetFooter {
		return 0, fmt.Errorf("a Parquet file with an index of %d bytes: at most %d are read", n, maxParquetFooter)
	}
	return n, nil
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

// parquetColumn is a leaf of the schema.
type parquetColumn struct {
	name     string
	repeated bool
	logical  *format.LogicalType
}

// columnsOf names the leaves by their paths; the levels that Parquet puts into
// every list are left out.
func columnsOf(schema *parquet.Schema) ([]parquetColumn, error) {
	var all []parquetColumn
	size := 0
	for _, path := range schema.Columns() {
		var names []string
		for i, name := range path {
			if size += len(name); size > maxParquetNames {
				return nil, fmt.Errorf("a Parquet file whose columns' names take more than %d bytes", maxParquetNames)
			}
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
	return all, nil
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
