package classifier

import "math"

// shareKnots are the points between which the weight of a share is drawn
// straight: dense about a third, where the guide draws its line.
var shareKnots = [...]float64{0, 0.08, 0.16, 0.25, 0.33, 0.42, 0.55, 0.75, 1}

const (
	nKnots   = len(shareKnots)
	nShares  = 4 // AI and data among duties, AI and data among requirements
	numBoth  = nShares * nKnots
	numMoreD = numBoth + 1 // by how much data work is more than AI work
	numMoreA = numBoth + 2
	numMany  = numBoth + 3 // how many duties there are
	nNumbers = numBoth + 4
)

// guess is what the first step says of a unit.
type guess struct {
	section  [nSections]float32
	ai, de   float32
	zAI, zDE float32 // log-odds of ai and de
}

// finish turns log-odds into probabilities. Those of the sections count from
// the first one's, or from one that is so far above it that exp32 could not tell.
func (g *guess) finish(z *outputs) {
	base := z[0]
	for _, x := range z[1:nSections] {
		if x > base+farAbove { // hardly ever: a maximum would have to be guessed at each
			base = x
		}
	}
	sum := float32(0)
	for o := range nSections {
		g.section[o] = exp32(z[o] - base)
		sum += g.section[o]
	}
	part := 1 / sum
	for o := range nSections {
		g.section[o] *= part
	}
	g.zAI, g.zDE = z[outAI], z[outData]
	g.ai, g.de = 1/(1+exp32(-g.zAI)), 1/(1+exp32(-g.zDE))
}

const (
	mostPower = 120 // of 2 in exp32: eight of its greatest are within a float32
	farAbove  = 60  // in nats: below that power
)

// exp32 is e to the x, to six digits near 0 and five at the ends, in a fifth of
// math.Exp's time: 2 to a whole power, which is a float's exponent, times a
// series for the rest.
func exp32(x float32) float32 {
	z := x * math.Log2E
	if z < -mostPower {
		return 0
	}
	if z > mostPower {
		z = mostPower
	}
	const round = 3 << 22 // behind it a float32 has no room for a fraction
	whole := z + round
	f := (z - (whole - round)) * math.Ln2
	series := 1 + f*(1+f*(1./2+f*(1./6+f*(1./24+f*(1./120+f*(1./720))))))
	return math.Float32frombits(math.Float32bits(series) + math.Float32bits(whole)<<23)
}

// log1p is the logarithm of 1+x, x at least 0, to seven digits, in a third of
// math.Log1p's time: that of the exponent, and a series for the rest.
func log1p(x float32) float32 {
	bits := math.Float64bits(1 + float64(x))
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52) // 1 to 2
	n := float64(int(bits>>52) - 1023)
	if m > math.Sqrt2 {
		m, n = m/2, n+1
	}
	t := (m - 1) / (m + 1)
	t2 := t * t
	return float32(n*math.Ln2 + 2*t*(1+t2*(1./3+t2*(1./5+t2*(1./7+t2*(1./9))))))
}

// best is the likeliest section.
func (g *guess) best() int {
	top := 0
	for o := range nSections {
		if g.section[o] > g.section[top] {
			top = o
		}
	}
	return top
}

// gate is how much of a unit's words count for the posting: those about the
// company, benefits and law do not, those of a heading little.
func (g *guess) gate(head bool) float32 {
	v := 1 - g.section[3] - g.section[4] - g.section[5]
	if head {
		v *= 0.3
	}
	return max(v, 0)
}

// shares are the parts of the duties and requirements that are of each role.
type shares struct{ ai, de, aiReq, deReq, duties, reqs float64 }

func sharesOf(gs []guess) shares {
	var s shares
	for k := range gs {
		g := &gs[k]
		d, r := float64(g.section[0]), float64(g.section[1]+0.5*g.section[2])
		s.duties += d
		s.reqs += r
		s.ai += d * float64(g.ai)
		s.de += d * float64(g.de)
		s.aiReq += r * float64(g.ai)
		s.deReq += r * float64(g.de)
	}
	// half a sentence of nothing keeps a lone sentence from being all
	s.ai /= s.duties + 0.5
	s.de /= s.duties + 0.5
	s.aiReq /= s.reqs + 0.5
	s.deReq /= s.reqs + 0.5
	return s
}

// shareCurve turns a share as it is added up into the one that is shown. The
// first is drawn to the middle: a sentence is seldom thought wholly of a role
// or wholly not.
type shareCurve struct{ constant, slope float32 } // of the log-odds; slope 0 changes nothing

func (c shareCurve) shown(share float64) float64 {
	if c.slope == 0 || share <= 0 || share >= 1 {
		return share
	}
	return sigmoid(float64(c.constant) + float64(c.slope)*logOdds(share))
}

func logOdds(p float64) float64 { return math.Log(p / (1 - p)) }

const shareScale = 3. // numbers weigh this much more than words before weights are fitted

// trusted is how far a share of n sentences is trusted: that of one or two is
// as often chance.
func trusted(n float64) float64 { return n / (n + 3) }

// numbers calls add with the place and value of every number that is not 0.
func (s *shares) numbers(add func(place int, val float64)) {
	ofDuties, ofReqs := shareScale*trusted(s.duties), shareScale/2*trusted(s.reqs)
	for j, x := range [nShares]float64{s.ai, s.de, s.aiReq, s.deReq} {
		scale := ofDuties
		if j >= 2 {
			scale = ofReqs
		}
		knots(x, func(k int, val float64) { add(j*nKnots+k, val*scale) })
	}
	add(numBoth, min(s.ai, s.de)*2*ofDuties)
	add(numMoreD, max(0, s.de-s.ai)*ofDuties)
	add(numMoreA, max(0, s.ai-s.de)*ofDuties)
	add(numMany, math.Log1p(s.duties)/3)
}

// knots calls add with the two knots beside x and how near x is to each.
func knots(x float64, add func(knot int, val float64)) {
	x = min(max(x, 0), 1)
	for k := 1; k < nKnots; k++ {
		if x > shareKnots[k] {
			continue
		}
		t := (x - shareKnots[k-1]) / (shareKnots[k] - shareKnots[k-1])
		if t < 1 {
			add(k-1, 1-t)
		}
		if t > 0 {
			add(k, t)
		}
		return
	}
}
