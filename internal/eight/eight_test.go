package eight

import (
	"math/rand/v2"
	"testing"
)

// TestByByte holds every answer against one byte after the other.
func TestByByte(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 8))
	const likely = "azAZ09@[`{/:\x00\x1f \x7f\x80\xe1\xc1\xb0\xff\"\\<>&"
	all := func(x uint64, is func(byte) bool) (answer uint64) {
		for i := range 8 {
			if is(byte(x >> (8 * i))) {
				answer |= 0x80 << (8 * i)
			}
		}
		return answer
	}
	for range 200_000 {
		var text [11]byte
		for i := range text {
			if text[i] = likely[r.IntN(len(likely))]; r.IntN(3) == 0 {
				text[i] = byte(r.Uint32())
			}
		}
		s := string(text[:])
		x := Load(s, 2)
		for i := range 8 {
			if byte(x>>(8*i)) != s[2+i] {
				t.Fatalf("Load(%q, 2) = %x", s, x)
			}
		}
		if got, want := LoadEnd(s, 5), Load(s[5:]+"\x00\x00", 0); got != want {
			t.Fatalf("LoadEnd(%q, 5) = %x, %x was wanted", s, got, want)
		}
		letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
		if got, want := Letters(x), all(x, letter); got != want {
			t.Fatalf("Letters(%x) = %x, %x was wanted", x, got, want)
		}
		if got, want := Digits(x), all(x, func(c byte) bool { return c >= '0' && c <= '9' }); got != want {
			t.Fatalf("Digits(%x) = %x, %x was wanted", x, got, want)
		}
		c := likely[r.IntN(len(likely))]
		if got, want := First(FirstEqual(x, c)), First(all(x, func(b byte) bool { return b == c })); got != want {
			t.Fatalf("FirstEqual(%x, %x): %d, %d was wanted", x, c, got, want)
		}
		if c &= 0x7f; First(FirstUnder(x, c)) != First(all(x, func(b byte) bool { return b < c })) {
			t.Fatalf("FirstUnder(%x, %x): %d", x, c, First(FirstUnder(x, c)))
		}
	}
}
