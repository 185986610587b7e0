package ops

import (
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Delivered counts a message from the broker; before says that it had been
// delivered before.
func (m *Metrics) Delivered(before bool) {
	m.received.Inc()
	if before {
		m.redelivered.Inc()
	}
}

// Settled counts a posting that is finished: published, repeated, rejected or
// returned.
func (m *Metrics) Settled(outcome string) { m.postings.WithLabelValues(outcome).Inc() }

// Stored counts a result that was stored under a label, "" being no answer.
func (m *Metrics) Stored(label string) {
	if label == "" {
		label = "unanswered"
	}
	m.results.WithLabelValues(label).Inc()
	m.lastResult.SetToCurrentTime()
}

// Rejected counts a posting that was rejected.
func (m *Metrics) Rejected(reason string) { m.rejected.WithLabelValues(reason).Inc() }

// Classified counts a posting of a source; blank says that nothing was found
// in it.
func (m *Metrics) Classified(source string, blank bool) {
	source = m.sourceNames.bound(source)
	m.sources.WithLabelValues(source).Inc()
	if blank {
		m.blank.WithLabelValues(source).Inc()
	}
}

// Took records how long a posting was in a stage.
func (m *Metrics) Took(stage string, d time.Duration) {
	m.stages.WithLabelValues(stage).Observe(d.Seconds())
}

// Retried counts a publish that was sent again.
func (m *Metrics) Retried(cause string) { m.retries.WithLabelValues(cause).Inc() }

// InProgress counts a signal that a posting takes longer.
func (m *Metrics) InProgress() { m.progress.Inc() }

// PullReset counts a new start of the pull loop.
func (m *Metrics) PullReset(cause string) { m.pulls.WithLabelValues(cause).Inc() }

// Abandoned counts a classification that never came back.
func (m *Metrics) Abandoned() { m.abandoned.Inc() }

// Isolated counts a posting that was classified in a child process.
func (m *Metrics) Isolated(outcome string) { m.isolated.WithLabelValues(outcome).Inc() }

// Advised counts a posting that the broker delivers no more: max_deliveries,
// terminated or rejected.
func (m *Metrics) Advised(event string) { m.advisories.WithLabelValues(event).Inc() }

// BrokerError counts an error that the broker reported out of turn.
func (m *Metrics) BrokerError() { m.brokerErrs.Inc() }

// Reconnected counts a connection that was made again.
func (m *Metrics) Reconnected() { m.reconnects.Inc() }

// Reloaded counts a reload of taxonomy and model.
func (m *Metrics) Reloaded(ok bool) {
	outcome := "done"
	if !ok {
		outcome = "failed"
	}
	m.reloads.WithLabelValues(outcome).Inc()
}

// Answering names the revision that answers from now on.
func (m *Metrics) Answering(revision string) {
	m.revision.Reset()
	m.revision.WithLabelValues(revision).Set(1)
}

// Request counts a request by its way (http, nats) and status.
func (m *Metrics) Request(way, status string, d time.Duration) {
	m.requests.WithLabelValues(way, status).Inc()
	m.requestTime.WithLabelValues(way).Observe(d.Seconds())
}

// Lag records the consumer's state: postings that wait, and those that are
// out with workers.
func (m *Metrics) Lag(pending, out int64) {
	m.pending.Set(float64(pending))
	m.ackPending.Set(float64(out))
	m.oldest.SetToCurrentTime()
}

// WatchInFlight says how to read the number of postings that were delivered
// to this worker and are not settled.
func (m *Metrics) WatchInFlight(read func() int) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "rolecall", Name: "in_flight", Help: "Postings that were delivered to this worker and are not settled.",
	}, func() float64 { return float64(read()) }))
}

// maxSources bounds the sources that get a series of their own: they come
// from outside, and anybody could make them up without end.
const maxSources = 50

// names remembers the first maxSources names and calls all others "other". The
// bytes of a subject can be any; those of a label that are not UTF-8 are a
// panic of Prometheus.
type names struct {
	mu   sync.RWMutex
	seen map[string]bool
}

func (n *names) bound(name string) string {
	n.mu.RLock()
	known, full := n.seen[name], len(n.seen) >= maxSources
	n.mu.RUnlock()
	switch {
	case known:
		return name
	case full:
		return "other"
	}
	name = strings.ToValidUTF8(name, "_")
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	if len(n.seen) >= maxSources && !n.seen[name] {
		return "other"
	}
	n.seen[name] = true
	return name
}
