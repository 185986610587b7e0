// Package eight looks at a text eight bytes at a time: a word of 64 bits holds
// them, the first the lowest, and an answer has the high bit of each byte that
// it is true of.
package eight

import "math/bits"

const (
	Ones = 0x0101010101010101 // times a byte: that byte eight times
	High = 0x80 * Ones        // of bytes beyond ASCII
)

// Load are the eight bytes of text from i on. There must be as many.
func Load(text string, i int) uint64 {
	b := text[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// LoadEnd are the bytes of text from i on, fewer than eight, and zeros above.
func LoadEnd(text string, i int) (x uint64) {
	for k := len(text) - 1; k >= i; k-- {
		x = x<<8 | uint64(text[k])
	}
	return x
}

// Fill are eight bytes that are all of text's, which has one to seven: some come
// twice.
func Fill(text string) uint64 {
	n := len(text)
	if n >= 4 {
		a, b := text[:4], text[n-4:]
		return uint64(a[0]) | uint64(a[1])<<8 | uint64(a[2])<<16 | uint64(a[3])<<24 |
			uint64(b[0])<<32 | uint64(b[1])<<40 | uint64(b[2])<<48 | uint64(b[3])<<56
	}
	return (uint64(text[0]) | uint64(text[n/2])<<8 | uint64(text[n-1])<<16 | uint64(text[n-1])<<24) * (1<<32 | 1)
}

// First is the number of the first byte that an answer is true of, 8 if none.
func First(answer uint64) int { return bits.TrailingZeros64(answer) / 8 }

// Letters are the bytes that are ASCII letters.
func Letters(x uint64) uint64 {
	small := x&^High | 0x20*Ones // seven bits a byte: what is added below stays in its byte
	return (small + (0x80-'a')*Ones) &^ (small + (0x7F-'z')*Ones) &^ x & High
}

// Digits are the bytes that are ASCII digits.
func Digits(x uint64) uint64 {
	low := x &^ High
	return (low + (0x80-'0')*Ones) &^ (low + (0x7F-'9')*Ones) &^ x & High
}

// FirstEqual are the bytes that are c; only the first is sure.
func FirstEqual(x uint64, c byte) uint64 {
	x ^= uint64(c) * Ones
	return (x - Ones) &^ x & High
}

// FirstUnder are the bytes below c, which is at most 0x80; only the first is sure.
func FirstUnder(x uint64, c byte) uint64 { return (x - uint64(c)*Ones) &^ x & High }
