package classifier

import (
	"math"
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

func TestLog1p(t *testing.T) {
	for x := float32(1e-6); x < 1e6; x *= 1.013 {
		want := math.Log1p(float64(x))
		if got := float64(log1p(x)); math.Abs(got-want) > 1e-6*want {
			t.Fatalf("log1p(%g) = %g: %g was wanted", x, got, want)
		}
	}
}
