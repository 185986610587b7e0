package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rolecall/classifier"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	c, err := classifier.Default(classifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	judge := worker.Judge{Revision: c.Revision(), Classify: func(p classifier.Posting) classifier.Result {
		if p.Title == "panic" {
			panic("as asked")
		}
		return c.Classify(p)
	}}
	mux := http.NewServeMux()
	New(judge.Answer, func() any { return map[string]string{"revision": judge.Revision} }, ops.NewMetrics("test")).Routes(mux)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

var good = `{"id":"a","title":"Data Engineer","description":"` + strings.Repeat("You build and maintain data pipelines in Spark and Airflow for our data warehouse. You know SQL and Kafka well. ", 5) + `"}`

const jobPosting = `{"@context":"https://schema.org","@type":"JobPosting","identifier":"j1","title":"Data Engineer","description":"<p>Build pipelines in Spark.</p>"}`

func TestClassify(t *testing.T) {
	s := serve(t)
	many := "[" + strings.TrimSuffix(strings.Repeat(good+",", MaxPostings+1), ",") + "]"
	for _, c := range []struct {
		name, method, path, kind, body string
		status                         int
		wants                          string
	}{
		{"one", "POST", "/v1/classify", "application/json", good, 200, `"label":"data_engineer"`},
		{"with charset", "POST", "/v1/classify", "application/json; charset=utf-8", good, 200, `"id":"a"`},
		{"array", "POST", "/v1/classify", "application/json", "[" + good + "," + good + "]", 200, "},\n{"},
		{"empty array", "POST", "/v1/classify", "application/json", "[]", 200, "[]"},
		{"array with a bad one", "POST", "/v1/classify", "application/json", "[" + good + `,{"id":""}]`, 200, `"status":400`},
		{"lines", "POST", "/v1/classify", "application/x-ndjson", good + "\n\n" + good + "\n", 200, "}\n{"},
		{"JobPosting", "POST", "/v1/classify", "application/ld+json", jobPosting, 200, `"id":"j1"`},
		{"no posting", "POST", "/v1/classify", "application/json", `{"title":"x"}`, 400, `"id\" is missing`},
		{"no JSON", "POST", "/v1/classify", "application/json", `{"id":`, 400, "no posting"},
		{"cut array", "POST", "/v1/classify", "application/json", `[` + good, 400, "no JSON array"},
		{"two arrays", "POST", "/v1/classify", "application/json", "[" + good + "] [" + good + "]", 400, "behind the array"},
		{"array and more", "POST", "/v1/classify", "application/json", "[" + good + "] x", 400, "behind the array"},
		{"two objects", "POST", "/v1/classify", "application/json", good + good, 400, "no posting"},
		{"two JobPostings", "POST", "/v1/classify", "application/ld+json", `{"@graph":[` + jobPosting + "," + jobPosting + "]}", 400, "2 records in one message"},
		{"empty", "POST", "/v1/classify", "application/json", ``, 400, "no posting"},
		{"panics", "POST", "/v1/classify", "application/json", `{"id":"a","title":"panic"}`, 500, "cannot be classified"},
		{"too large", "POST", "/v1/classify", "application/json", `{"id":"` + strings.Repeat("x", MaxBody) + `"}`, 413, "too large"},
		{"too many", "POST", "/v1/classify", "application/json", many, 413, "too many"},
		{"spaced array", "POST", "/v1/classify", "application/json", " [ " + good + " ,\n\t" + good + " ] ", 200, "},\n{"},
		{"wrong type", "POST", "/v1/classify", "text/plain", good, 415, "application/json"},
		{"no type", "POST", "/v1/classify", "", good, 415, "application/json"},
		{"wrong method", "GET", "/v1/classify", "", "", 405, "POST was wanted"},
		{"wrong path", "GET", "/v1/nothing", "", "", 404, "/v1/classify"},
		{"info", "GET", "/v1/info", "", "", 200, `"revision"`},
		{"contract", "GET", "/v1/contract/result.schema.json", "", "", 200, `"$schema"`},
		{"no contract", "GET", "/v1/contract/..%2fapi.go", "", "", 404, "asyncapi.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequest(c.method, s.URL+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.kind != "" {
				req.Header.Set("Content-Type", c.kind)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status || !strings.Contains(string(body), c.wants) {
				t.Errorf("%d %.300s; want %d with %s", resp.StatusCode, body, c.status, c.wants)
			}
			if kind := resp.Header.Get("Content-Type"); c.status >= 400 && kind != "application/problem+json" {
				t.Errorf("content type %q of an error", kind)
			}
		})
	}
}

// A body that does not say how long it is is read to its end.
func TestBodyOfUnknownLength(t *testing.T) {
	s := serve(t)
	for _, n := range []int{1, firstRoom/len(good) + 1, 900} {
		body := strings.Repeat(good+"\n", n)
		resp, err := http.Post(s.URL+"/v1/classify", "application/x-ndjson", io.MultiReader(strings.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if got := strings.Count(string(data), `"format":1`); err != nil || resp.StatusCode != 200 || got != n {
			t.Errorf("%d results of %d postings in %d bytes: %s, %v", got, n, len(body), resp.Status, err)
		}
	}
}

// The answer to a list is in its order, one for one.
func TestOrder(t *testing.T) {
	s := serve(t)
	var items []string
	for i := range 500 {
		items = append(items, fmt.Sprintf(`{"id":"p%d","title":"Engineer","description":"Spark"}`, i))
	}
	resp, err := http.Post(s.URL+"/v1/classify", "application/json", strings.NewReader("["+strings.Join(items, ",")+"]"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got []classifier.Result
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	for i, r := range got {
		if r.ID != fmt.Sprintf("p%d", i) {
			t.Fatalf("result %d is of %s", i, r.ID)
		}
	}
	if len(got) != 500 {
		t.Errorf("%d results, want 500", len(got))
	}
}

// More at once than there are places wait, then are told to come back; nobody
// is left without an answer.
func TestBusy(t *testing.T) {
	release := make(chan struct{})
	answer := func(dst, _ []byte) ([]byte, error) { <-release; return append(dst, "{}"...), nil }
	m := ops.NewMetrics("test")
	mux := http.NewServeMux()
	New(answer, nil, m).Routes(mux)
	s := httptest.NewServer(mux)
	defer s.Close()
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 60 {
		wg.Go(func() {
			resp, err := http.Post(s.URL+"/v1/classify", "application/json", strings.NewReader(good))
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			mu.Lock()
			statuses[resp.StatusCode]++
			mu.Unlock()
		})
	}
	time.Sleep(2 * maxWait)
	close(release)
	wg.Wait()
	if statuses[503] == 0 || statuses[200] == 0 || statuses[200]+statuses[503] != 60 {
		t.Errorf("statuses %v, want some 200 and otherwise 503", statuses)
	}
	all, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.GetName() == "rolecall_requests_total" && len(f.Metric) != 2 {
			t.Errorf("%d series of requests, want one for each status", len(f.Metric))
		}
	}
}

// A client that sends its request a byte at a time loses its connection, and
// others are answered meanwhile.
func TestSlowClient(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 6 s")
	}
	t.Parallel()
	mux := http.NewServeMux()
	New(func(dst, _ []byte) ([]byte, error) { return append(dst, "{}"...), nil }, nil, ops.NewMetrics("test")).Routes(mux)
	s, err := ops.Listen("127.0.0.1:0", mux)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown(t.Context())
	slow, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := io.WriteString(slow, "POST /v1/classify HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post("http://"+s.Addr()+"/v1/classify", "application/json", strings.NewReader(good))
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("while a slow client is there: %v %v", resp, err)
	}
	resp.Body.Close()
	if err := slow.SetReadDeadline(time.Now().Add(15 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(slow); err != nil {
		t.Errorf("the slow client still has its connection: %v", err)
	}
}

// waitFor waits until something is so.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("20 s were not enough for %s", what)
		}
	}
}
