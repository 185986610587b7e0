package feed

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

var errPageSize = errors.New("it unpacks to more than it says")

// unpacksTo makes sure that a page's data, at a byte of the file, unpack to no
// more than its header says: the library takes what the data say for granted,
// and some thirty bytes can say four gigabytes.
func unpacksTo(file *os.File, at int64, header *format.PageHeader, codec format.CompressionCodec) error {
	levels := int64(0)
	if v2 := header.DataPageHeaderV2; v2.Valid {
		levels = int64(v2.V.RepetitionLevelsByteLength) + int64(v2.V.DefinitionLevelsByteLength)
		if v2.V.IsCompressed.Valid && !v2.V.IsCompressed.V {
			return nil
		}
	}
	if levels < 0 || levels > int64(header.CompressedPageSize) {
		return errors.New("its levels are longer than itself")
	}
	data := io.NewSectionReader(file, at+levels, int64(header.CompressedPageSize)-levels)
	most := int64(header.UncompressedPageSize)
	switch codec {
	case format.Uncompressed:
		return nil
	case format.Snappy:
		var start [binary.MaxVarintLen64]byte
		n, _ := data.ReadAt(start[:], 0)
		if size, ok := binary.Uvarint(start[:n]); n > 0 && (ok <= 0 || size > uint64(most)) {
			return errPageSize
		}
		return nil
	case format.Gzip:
		z, err := gzip.NewReader(data)
		if err != nil {
			return err
		}
		return within(z, most)
	case format.Zstd:
		z, err := zstd.NewReader(data, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return err
		}
		defer z.Close()
		return within(z, most)
	}
	return fmt.Errorf("compressed with %s: only snappy, gzip and zstd are read", codec)
}

func within(r io.Reader, most int64) error {
	n, err := io.Copy(io.Discard, io.LimitReader(r, most+1))
	if err == nil && n > most {
		err = errPageSize
	}
	return err
}
