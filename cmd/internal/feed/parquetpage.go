package feed

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// pagesFit reads the headers of a row group's pages and refuses pages that
// would take more memory than a feed's can need. At one time a row takes a page
// of every column, and the column's dictionary.
func pagesFit(file *os.File, group, first *format.RowGroup) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	sum := int64(0)
	for i := range group.Columns {
		meta := &group.Columns[i].MetaData
		if codec := first.Columns[i].MetaData.Codec; codec != meta.Codec { // the library takes it for the first's
			return fmt.Errorf("a Parquet column compressed with %s in one row group and %s in another", codec, meta.Codec)
		}
		size, err := columnFits(file, info.Size(), meta)
		if err != nil {
			return err
		}
		if sum += size; sum > maxParquetPages {
			return fmt.Errorf("a page of every column of a row group takes more than %d MB of memory: write the Parquet with smaller pages", maxParquetPages>>20)
		}
	}
	return nil
}

// columnFits says how many bytes the largest page of a column takes, with its
// dictionary, in a file of so many bytes.
func columnFits(file *os.File, most int64, meta *format.ColumnMetaData) (int64, error) {
	data := meta.DataPageOffset
	at := data
	if meta.DictionaryPageOffset != 0 {
		at = meta.DictionaryPageOffset // so the library
	}
	dictionary, page, begins := int64(0), int64(0), false
	if size := meta.TotalCompressedSize; at < 0 || at > most || size < 0 || size > most-at {
		return 0, fmt.Errorf("damaged Parquet: %d bytes of a column at byte %d of %d", size, at, most)
	}
	end := at + meta.TotalCompressedSize
	for at < end {
		begins = begins || at == data
		header, length, err := pageHeader(file, at, end)
		if err != nil {
			return 0, fmt.Errorf("damaged Parquet: header of a page at byte %d: %w", at, err)
		}
		values := max(header.DataPageHeader.V.NumValues, header.DataPageHeaderV2.V.NumValues, header.DictionaryPageHeader.V.NumValues)
		if values > maxParquetCells {
			return 0, fmt.Errorf("a Parquet page of %d values at byte %d: at most %d are read", values, at, maxParquetCells)
		}
		packed, unpacked := int64(header.CompressedPageSize), int64(header.UncompressedPageSize)
		if packed < 0 || unpacked < 0 || unpacked > maxParquetPages {
			return 0, fmt.Errorf("a Parquet page of %d bytes at byte %d: at most %d are read", unpacked, at, maxParquetPages)
		}
		size := length + unpacked + 6*int64(values) // where each value stands, and its levels
		if meta.Codec == format.Uncompressed {
			size += packed - unpacked
		} else if packed > maxParquetPacked {
			return 0, fmt.Errorf("a Parquet page of %d bytes, compressed, at byte %d: at most %d are read", packed, at, maxParquetPacked)
		}
		at += length
		if err := unpacksTo(file, at, header, meta.Codec); err != nil {
			return 0, fmt.Errorf("damaged Parquet: page at byte %d: %w", at, err)
		}
		at += packed
		if header.Type == format.DictionaryPage {
			dictionary = max(dictionary, size)
		} else {
			page = max(page, size)
		}
	}
	if data < end && !begins {
		return 0, fmt.Errorf("damaged Parquet: no page begins at byte %d, where the index says so", data)
	}
	return dictionary + page, nil
}

// pageHeader reads the header of a page, and says how long it is.
func pageHeader(file *os.File, at, end int64) (*format.PageHeader, int64, error) {
	w := newThriftWalk(file, at, min(end-at, maxParquetHeader))
	if err := w.structure(); err != nil {
		return nil, 0, err
	}
	data := make([]byte, w.in.n)
	if _, err := file.ReadAt(data, at); err != nil {
		return nil, 0, err
	}
	var header format.PageHeader
	err := thrift.NewDecoder((&thrift.CompactProtocol{}).NewReaderFromBytes(data)).Decode(&header)
	return &header, w.in.n, err
}

var errPageSize = errors.New("it unpacks to more than it says")

// unpacksTo makes sure that a page's data, at a byte of the file, unpack to no
// more than its header says: the library takes what the data say for granted,
// and some thirty bytes can say four gigabytes.
func unpacksTo(file *os.File, at int64, header *format.PageHeader, codec format.CompressionCodec) error {
	levels := int64(0)
	if v2 := header.DataPageHeaderV2; header.Type == format.DataPageV2 && v2.Valid {
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
