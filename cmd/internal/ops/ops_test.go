package ops

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// every calls each event once, so that every metric has a value.
func every() *Metrics {
	m := NewMetrics("test")
	m.Delivered(true)
	m.Settled("published")
	m.Stored("")
	m.Rejected("unreadable")
	m.Classified("a", true)
	m.Took("publish", time.Millisecond)
	m.Retried("unconfirmed")
	m.InProgress()
	m.PullReset("silence")
	m.Abandoned()
	m.Isolated("answered")
	m.Advised("terminated")
	m.BrokerError()
	m.Reconnected()
	m.Reloaded(true)
	m.Reloaded(false)
	m.Answering("rev")
	m.Request("http", "200", time.Millisecond)
	m.Lag(1, 2)
	m.WatchInFlight(func() int { return 3 })
	return m
}

func TestMetricsKeepToTheConventions(t *testing.T) {
	families, err := every().Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// names are those of all metrics in the registry.
func metricNames(t *testing.T) map[string]bool {
	t.Helper()
	descs := make(chan *prometheus.Desc, 1000)
	every().Registry.Describe(descs)
	close(descs)
	all := map[string]bool{}
	fq := regexp.MustCompile(`fqName: "([^"]+)"`)
	for d := range descs {
		all[fq.FindStringSubmatch(d.String())[1]] = true
	}
	return all
}

var used = regexp.MustCompile(`\b(?:rolecall|process|go)_[a-z_]+\b`)

// Every metric that a dashboard or an alert names exists, and every one of
// rolecall's own is on the dashboard.
func TestDashboardAndAlertsNameMetricsThatExist(t *testing.T) {
	known := metricNames(t)
	shown := map[string]bool{}
	for _, file := range []string{"grafana/rolecall.json", "prometheus/alerts.yml", "prometheus/alerts_test.yml"} {
		data, err := os.ReadFile("../../../deploy/" + file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, name := range used.FindAllString(string(data), -1) {
			n++
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				name = strings.TrimSuffix(name, suffix)
			}
			if !known[name] {
				t.Errorf("%s names %s, which does not exist", file, name)
			}
			shown[name] = shown[name] || strings.HasPrefix(file, "grafana")
		}
		if n < 10 {
			t.Errorf("%s names only %d metrics", file, n)
		}
	}
	for name := range known {
		if strings.HasPrefix(name, "rolecall_") && !shown[name] {
			t.Errorf("%s is not on the dashboard", name)
		}
	}
}

func TestAlertRules(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here: Debian's package prometheus has it")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml", "drift_test.yml"}, {"check", "config", "--syntax-only", "prometheus.yml"}} {
		cmd := exec.Command(promtool, args...)
		cmd.Dir = "../../../deploy/prometheus"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

func TestSourcesAreBounded(t *testing.T) {
	m := NewMetrics("test")
	for i := range 3 * maxSources {
		m.Classified(fmt.Sprintf("source-%d", i), false)
	}
	families, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "rolecall_source_postings_total" && len(f.Metric) != maxSources+1 {
			t.Errorf("%d series of sources, want %d and the others as one", len(f.Metric), maxSources)
		}
	}
}

func TestProbes(t *testing.T) {
	h := &Health{}
	mux := http.NewServeMux()
	Routes(mux, every(), h)
	s, err := Listen(":0", mux)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown(t.Context())
	if host, _, _ := net.SplitHostPort(s.Addr()); host != "127.0.0.1" {
		t.Errorf("listens on %s without having been told to", host)
	}
	get := func(path string) (int, string) {
		resp, err := http.Get("http://" + s.Addr() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	wants := func(path string, status int, text string) {
		t.Helper()
		if got, body := get(path); got != status || !strings.Contains(body, text) {
			t.Errorf("%s: %d %.200s, want %d %s", path, got, body, status, text)
		}
	}
	wants("/livez", 200, "ok")
	wants("/readyz", 503, "starting")
	h.Watch(nil, func() error { return nil })
	wants("/readyz", 200, "ok")
	h.Watch(func() error { return errors.New("stuck") }, func() error { return errors.New("no broker") })
	wants("/livez", 503, "stuck")
	wants("/readyz", 503, "no broker")
	wants("/metrics", 200, `rolecall_postings_total{outcome="published"} 1`)
	wants("/debug/pprof/", 404, "")
}

// Connections beyond the limit wait for one to end.
func TestConnectionsAreBounded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	lim := newLimited(l, 1)
	accepted := make(chan net.Conn)
	go func() {
		for {
			c, err := lim.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, b := dial(), dial()
	defer a.Close()
	defer b.Close()
	first := <-accepted
	select {
	case <-accepted:
		t.Fatal("a second connection was accepted")
	case <-time.After(100 * time.Millisecond):
	}
	first.Close()
	second := <-accepted
	second.Close()
	if err := lim.Close(); err != nil {
		t.Error(err)
	}
	if _, open := <-accepted; open {
		t.Error("accepted after Close")
	}
}
