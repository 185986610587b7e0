package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

func packed(head []byte) bool {
	return bytes.HasPrefix(head, gzipMagic) || bytes.HasPrefix(head, zstdMagic)
}

func unpack(w *window) (io.ReadCloser, error) {
	in := &measured{w: w}
	if bytes.HasPrefix(w.bytes(), gzipMagic) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		return &unpacked{z: z, close: func() {}, in: in}, nil
	}
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &unpacked{z: z, close: z.Close, in: in}, nil
}

// measured reads a window out and counts.
type measured struct {
	w *window
	n int64
}

func (m *measured) Read(p []byte) (int, error) {
	if len(m.w.bytes()) == 0 && !m.w.more() {
		if err := m.w.failed(); err != nil {
			return 0, err
		}
		return 0, io.EOF
	}
	n := copy(p, m.w.bytes())
	m.w.start += n
	m.n += int64(n)
	return n, nil
}

// Bounds of decompression: feeds shrink 3- to 20-fold, bombs a thousandfold.
const (
	maxRatio   = 300
	freeOutput = 64 << 20 // bytes that may come out before the ratio counts
)

// unpacked is what comes out of a compressed input, until that looks like a bomb.
type unpacked struct {
	z     io.Reader
	close func()
	in    *measured
	n     int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	u.n += int64(n)
	if u.n > freeOutput && u.n > maxRatio*u.in.n {
		return 0, fmt.Errorf("%d bytes have unpacked to more than %d: a decompression bomb, not read on", u.in.n, u.n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("damaged compressed data: %w", err)
	}
	return n, err
}

func (u *unpacked) Close() error {
	u.close()
	return nil
}
