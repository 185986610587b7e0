package classifier

import (
	"math"
	"slices"
	"testing"
)

func TestExp32(t *testing.T) {
	for x := float32(-90); x < 90; x += 0.0137 {
		want := math.Exp(math.Min(float64(x), mostPower*math.Ln2))
		if got := float64(exp32(x)); math.Abs(got-want) > 1e-6*want*(1+math.Abs(float64(x))/10)+1e-36 {
			t.Fatalf("exp32(%g) = %g: %g was wanted", x, got, want)
		}
	}
}

// TestFinish holds the probabilities of sections against those by math.Exp, far
// from one another and near.
func TestFinish(t *testing.T) {
	for _, z := range []outputs{
		{}, {1, 2, -3, 0.5, 0, -1, 4, 2}, {-200, 10, -60}, {-100, 0, 0, 100}, {90, -90, 30, 89}, {0, 59, 61, 118, 121, 200, 190, -300},
	} {
		var g guess
		g.finish(&z)
		top, sum := float64(slices.Max(z[:nSections])), 0.0
		for _, x := range z[:nSections] {
			sum += math.Exp(float64(x) - top)
		}
		for o, x := range z[:nSections] {
			if want := math.Exp(float64(x)-top) / sum; math.Abs(float64(g.section[o])-want) > 1e-5 {
				t.Errorf("%v: section %d has %g: %g was wanted", z, o, g.section[o], want)
			}
		}
	}
}

func TestLog1p(t *testing.T) {
	for x := float32(1e-6); x < 1e6; x *= 1.013 {
		want := math.Log1p(float64(x))
		if got := float64(log1p(x)); math.Abs(got-want) > 1e-6*want {
			t.Fatalf("log1p(%g) = %g: %g was wanted", x, got, want)
		}
	}
}
