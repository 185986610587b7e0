package classifier

import (
	"math"
	"slices"
)

// sparse is one example: the places and values of what is not 0.
type sparse struct {
	at  []int32
	val []float32
}

func (s *sparse) add(at int32, val float32) {
	s.at, s.val = append(s.at, at), append(s.val, val)
}

func (s *sparse) dot(w []float64) float64 {
	sum := 0.0
	for i, at := range s.at {
		sum += float64(s.val[i]) * w[at]
	}
	return sum
}

// logistic fits weights w so that sigmoid(x.w) comes near the targets:
// regularised logistic regression, minimising the examples' weighted log loss
// plus ridge/2 times the weights' squares (place 0, the constant, is free).
// Targets may lie between 0 and 1. Deterministic: limited-memory BFGS from start.
func logistic(xs []sparse, targets, weights []float32, start []float64, ridge float64, steps int) []float64 {
	loss := func(w, grad []float64) float64 {
		sum := 0.0
		for i := range grad {
			grad[i] = ridge * w[i]
			sum += ridge / 2 * w[i] * w[i]
		}
		grad[0] = 0
		sum -= ridge / 2 * w[0] * w[0]
		for i := range xs {
			wt := float64(weights[i])
			if wt == 0 {
				continue
			}
			z, y := xs[i].dot(w), float64(targets[i])
			sum += wt * (softplus(z) - y*z)
			d := wt * (sigmoid(z) - y)
			for k, at := range xs[i].at {
				grad[at] += d * float64(xs[i].val[k])
			}
		}
		return sum
	}
	return minimise(loss, start, steps)
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func softplus(z float64) float64 {
	if z > 30 {
		return z
	}
	return math.Log1p(math.Exp(z))
}

const memory = 8 // pairs that L-BFGS remembers

// minimise walks down from start by L-BFGS with a backtracking line search.
func minimise(loss func(w, grad []float64) float64, start []float64, steps int) []float64 {
	dim := len(start)
	w, grad := slices.Clone(start), make([]float64, dim)
	next, nextGrad, dir := make([]float64, dim), make([]float64, dim), make([]float64, dim)
	var ss, ys [][]float64
	f := loss(w, grad)
	for range steps {
		direction(dir, grad, ss, ys)
		slope := dot(dir, grad)
		if slope >= 0 {
			copy(dir, grad)
			scale(dir, -1)
			slope = -dot(grad, grad)
		}
		rate := 1.0
		if len(ss) == 0 {
			rate = 1 / math.Max(1, math.Sqrt(-slope))
		}
		fNext := 0.0
		for try := 0; ; try++ {
			for i := range w {
				next[i] = w[i] + rate*dir[i]
			}
			if fNext = loss(next, nextGrad); fNext <= f+1e-4*rate*slope || try == 20 {
				break
			}
			rate /= 2
		}
		s, y := make([]float64, dim), make([]float64, dim)
		for i := range w {
			s[i], y[i] = next[i]-w[i], nextGrad[i]-grad[i]
		}
		if dot(s, y) > 1e-12 {
			ss, ys = append(ss, s), append(ys, y)
			if len(ss) > memory {
				ss, ys = ss[1:], ys[1:]
			}
		}
		done := f-fNext < 1e-6*math.Abs(f)
		copy(w, next)
		copy(grad, nextGrad)
		if f = fNext; done {
			break
		}
	}
	return w
}

// direction sets dir to minus the inverse Hessian, as the pairs tell it, times grad.
func direction(dir, grad []float64, ss, ys [][]float64) {
	copy(dir, grad)
	n := len(ss)
	alpha := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		alpha[i] = dot(ss[i], dir) / dot(ss[i], ys[i])
		axpy(dir, -alpha[i], ys[i])
	}
	if n > 0 {
		scale(dir, dot(ss[n-1], ys[n-1])/dot(ys[n-1], ys[n-1]))
	}
	for i := range n {
		beta := dot(ys[i], dir) / dot(ss[i], ys[i])
		axpy(dir, alpha[i]-beta, ss[i])
	}
	scale(dir, -1)
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

func axpy(dst []float64, k float64, x []float64) {
	for i, v := range x {
		dst[i] += k * v
	}
}

func scale(x []float64, k float64) {
	for i := range x {
		x[i] *= k
	}
}
