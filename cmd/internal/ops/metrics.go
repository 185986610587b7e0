// Package ops lets a worker be watched: its metrics, its health, and its
// profiles. It knows the names of what happens to postings, and nothing of
// NATS or of how a posting is classified.
package ops

import (
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are all metrics of the program, in a registry of their own. The
// methods may be called from many goroutines.
type Metrics struct {
	Registry *prometheus.Registry

	postings    *prometheus.CounterVec
	results     *prometheus.CounterVec
	rejected    *prometheus.CounterVec
	sources     *prometheus.CounterVec
	blank       *prometheus.CounterVec
	stages      *prometheus.HistogramVec
	received    prometheus.Counter
	redelivered prometheus.Counter
	retries     *prometheus.CounterVec
	progress    prometheus.Counter
	pulls       *prometheus.CounterVec
	abandoned   prometheus.Counter
	isolated    *prometheus.CounterVec
	advisories  *prometheus.CounterVec
	brokerErrs  prometheus.Counter
	reconnects  prometheus.Counter
	reloads     *prometheus.CounterVec
	requests    *prometheus.CounterVec
	requestTime *prometheus.HistogramVec
	revision    *prometheus.GaugeVec
	lastResult  prometheus.Gauge
	pending     prometheus.Gauge
	ackPending  prometheus.Gauge
	oldest      prometheus.Gauge

	sourceNames names
}

// stageBuckets are in seconds, from a posting's 80 µs to a stuck broker.
var stageBuckets = []float64{25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 100e-3, 500e-3, 2, 10, 60}

// NewMetrics makes the metrics of one program; version names its build.
func NewMetrics(version string) *Metrics {
	m := &Metrics{Registry: prometheus.NewRegistry()}
	m.counters()
	m.gauges()
	m.Registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	build := m.gauge("build_info", "The build that runs; always 1.", "version", "goversion")
	build.WithLabelValues(version, runtime.Version()).Set(1)
	m.known()
	return m
}

func (m *Metrics) counters() {
	m.postings = m.counter("postings_total", "Postings that were finished, by how: published, repeated (the result was stored before), rejected, returned (to be delivered again).", "outcome")
	m.results = m.counter("results_total", "Results that were stored, by label.", "label")
	m.rejected = m.counter("rejected_total", "Postings that were rejected, by reason.", "reason")
	m.sources = m.counter("source_postings_total", "Postings that were classified, by the source they came from.", "source")
	m.blank = m.counter("source_blank_total", "Postings in which no tool, skill or responsibility was found, by source.", "source")
	m.received = m.plain("deliveries_total", "Messages that were delivered to this worker.")
	m.redelivered = m.plain("redeliveries_total", "Messages that were delivered to this worker and had been delivered before.")
	m.retries = m.counter("publish_retries_total", "Publishes that were sent again, by why.", "cause")
	m.progress = m.plain("in_progress_signals_total", "Signals to the broker that a posting takes longer.")
	m.pulls = m.counter("pull_resets_total", "Times the pull loop started anew, by why.", "cause")
	m.abandoned = m.plain("abandoned_total", "Classifications that never came back and were left behind.")
	m.isolated = m.counter("isolated_total", "Postings that were classified in a child process, having been delivered too often, by outcome.", "outcome")
	m.advisories = m.counter("advisories_total", "Postings that the broker delivers no more, by why: max_deliveries, terminated (by somebody who is no worker), rejected (by a worker). Every worker hears of every one.", "event")
	m.brokerErrs = m.plain("broker_errors_total", "Errors that the broker reported out of turn, such as a refused subject.")
	m.reconnects = m.plain("broker_reconnects_total", "Times the connection to the broker was made again.")
	m.reloads = m.counter("reloads_total", "Reloads of taxonomy and model, by outcome.", "outcome")
	m.requests = m.counter("requests_total", "Requests for a classification, by way (http or nats) and status.", "way", "status")
	m.stages = m.histogram("stage_duration_seconds", "Time a posting spent in a stage: wait (for a free lane), classify, publish (until stored), total (from delivery to settlement).", "stage")
	m.requestTime = m.histogram("request_duration_seconds", "Time to answer a request, by way.", "way")
}

func (m *Metrics) gauges() {
	m.revision = m.gauge("classifier_info", "The revision that answers; always 1.", "revision")
	m.lastResult = m.plainGauge("last_result_timestamp_seconds", "When the last result was stored.")
	m.pending = m.plainGauge("consumer_pending", "Postings in the stream that no worker has had yet.")
	m.ackPending = m.plainGauge("consumer_ack_pending", "Postings that are out with workers.")
	m.oldest = m.plainGauge("consumer_info_timestamp_seconds", "When the consumer last told its state.")
}

// known creates the children whose labels are known beforehand, so that a
// rate over them starts at nought and not with their first event.
func (m *Metrics) known() {
	for _, o := range []string{"published", "repeated", "rejected", "returned"} {
		m.postings.WithLabelValues(o)
	}
	for _, l := range []string{"ai_engineer", "data_engineer", "hybrid", "none", "unanswered"} {
		m.results.WithLabelValues(l)
	}
	for _, r := range Reasons {
		m.rejected.WithLabelValues(r)
	}
	for _, e := range []string{"max_deliveries", "terminated", "rejected"} {
		m.advisories.WithLabelValues(e)
	}
	for _, s := range []string{"wait", "classify", "publish", "total"} {
		m.stages.WithLabelValues(s)
	}
}

// Reasons are all reasons for which a posting is rejected.
var Reasons = []string{"unreadable", "crashed", "hung", "too_large", "max_deliveries"}

func (m *Metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "rolecall", Name: name, Help: help}, labels)
	m.Registry.MustRegister(c)
	return c
}

func (m *Metrics) plain(name, help string) prometheus.Counter {
	return m.counter(name, help).WithLabelValues()
}

func (m *Metrics) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "rolecall", Name: name, Help: help}, labels)
	m.Registry.MustRegister(g)
	return g
}

func (m *Metrics) plainGauge(name, help string) prometheus.Gauge {
	return m.gauge(name, help).WithLabelValues()
}

// histogram sets classic and native buckets both: a Prometheus of either age
// reads them.
func (m *Metrics) histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "rolecall", Name: name, Help: help, Buckets: stageBuckets,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
	}, labels)
	m.Registry.MustRegister(h)
	return h
}
