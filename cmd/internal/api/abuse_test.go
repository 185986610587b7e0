package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rolecall/classifier"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

// abusers is how many connections are opened at once: four times as many as
// there are places for bodies.
const abusers = 4 * maxBodies

// mayTake is what the heap may grow by, in bytes: the bodies that have a
// place, three times as much for each that is being divided, all of it twice,
// which the collector allows, and 32 MiB for connections and what else there is.
// With two processors it is 208 MiB, which leaves a worker of 150 room in 512.
func mayTake() uint64 {
	return 2*MaxBody*uint64(maxBodies+3*runtime.GOMAXPROCS(0)) + 32<<20
}

// abuse is a request that should not be: a beginning, and a block that comes
// again and again. It is not kept whole, as it would be in the heap too.
type abuse struct {
	name   string
	begin  string // headers, and what of the body comes once
	block  []byte
	times  int
	status int // of the answer, unless there is no place for it (503)
}

func abuses(t *testing.T) []abuse {
	t.Helper()
	block := bytes.Repeat([]byte("x"), 64<<10)
	chunk := slices.Concat([]byte("10000\r\n"), block, []byte("\r\n"))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 1024 {
		_, _ = z.Write(block)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	filled := func(name, head, with string, status int) abuse {
		block := bytes.Repeat([]byte(with), 64<<10/len(with))
		times := (MaxBody - len(head)) / len(block)
		return abuse{name, fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(head)+times*len(block), head), block, times, status}
	}
	return []abuse{
		{"too large, and says so", "Content-Length: 1073741824\r\n\r\n", block, 1024, 413},
		{"without an end", "Transfer-Encoding: chunked\r\n\r\n", chunk, 1024, 413},
		{"headers without an end", "", []byte("X-More: " + strings.Repeat("x", 1000) + "\r\n"), 1024, 431},
		{"64 MiB, packed", fmt.Sprintf("Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", packed.Len()), packed.Bytes(), 1, 415},
		filled("a deep list", "", "[", 400),
		filled("a deep posting", `{"id":"a","title":`, `{"a":`, 400),
		filled("deep postings in a list", "[", `{"id":[[[[[[[[`, 400),
		filled("a list of one word", `["`, "x", 400),
		filled("a million postings", "[", "{},", 413),
		filled("no JSON", "", "x", 400),
	}
}

// Whatever many clients send at once, each is told what is wrong, those who
// ask as they should are answered, and memory stays within bounds.
func TestMemoryUnderAbuse(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 6 s")
	}
	judge := worker.Judge{Revision: "rev-1", Classify: func(p classifier.Posting) classifier.Result { return classifier.Result{ID: p.ID} }}
	mux := http.NewServeMux()
	server := New(judge.Answer, nil, ops.NewMetrics("test"))
	server.Routes(mux)
	s, err := ops.Listen("127.0.0.1:0", mux)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown(t.Context())
	crowd := &crowd{t: t, addr: s.Addr()}
	defer crowd.leave()
	growth := watchHeap()
	crowd.dawdle(abusers, "X-More: "+strings.Repeat("x", 15<<10)) // and no more of its headers
	for _, a := range abuses(t) {
		crowd.commit(a)
		crowd.wellBehaved(200)
	}
	crowd.dawdle(abusers, fmt.Sprintf("Content-Length: %d\r\n\r\n{", MaxBody)) // and no more of its body
	waitFor(t, "every place to be held by one who dawdles", func() bool { return len(server.places) == maxBodies })
	crowd.wellBehaved(503)
	crowd.leave()
	crowd.wellBehaved(200)
	peak, left := growth()
	t.Logf("the heap grew by %d MiB at most, of %d that it may; %d are left", peak>>20, mayTake()>>20, left>>20)
	if peak > mayTake() {
		t.Errorf("the heap grew by %d bytes, at most %d were wanted", peak, mayTake())
	}
	if left > 8<<20 {
		t.Errorf("%d bytes are left of it, none were wanted", left)
	}
}

// Clients that ask for long lists and do not read the answers keep nobody
// waiting.
func TestSlowReaders(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 64<<10)
	mux := http.NewServeMux()
	server := New(func(dst, _ []byte) ([]byte, error) { return append(dst, long...), nil }, nil, ops.NewMetrics("test"))
	server.Routes(mux)
	s, err := ops.Listen("127.0.0.1:0", mux)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown(t.Context())
	crowd := &crowd{t: t, addr: s.Addr()}
	defer crowd.leave()
	list := "[1" + strings.Repeat(",1", MaxPostings-1) + "]"
	more := cap(server.slots) + 1
	crowd.dawdle(more, fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(list), list))
	waitFor(t, "all lists to be under way, and none to be worked on", func() bool {
		return len(server.places) == more && len(server.slots) == 0
	})
	crowd.wellBehaved(200)
}

// crowd are clients of one server.
type crowd struct {
	t     *testing.T
	addr  string
	mu    sync.Mutex
	conns []net.Conn // of those that dawdle
}

const requestHead = "POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

func (c *crowd) connect() net.Conn {
	conn, err := net.Dial("tcp", c.addr)
	if err != nil {
		c.t.Error(err)
		return nil
	}
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return conn
}

// dawdle opens n connections, sends the beginning of a request on each, and
// leaves them open.
func (c *crowd) dawdle(n int, beginning string) {
	for range n {
		if conn := c.connect(); conn != nil {
			c.conns = append(c.conns, conn)
			_, _ = io.WriteString(conn, requestHead+beginning)
		}
	}
}

func (c *crowd) leave() {
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

// commit sends an abuse from all of the crowd at once.
func (c *crowd) commit(a abuse) {
	c.t.Helper()
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for range abusers {
		wg.Go(func() {
			status := c.send(a)
			c.mu.Lock()
			statuses[status]++
			c.mu.Unlock()
		})
	}
	wg.Wait()
	if statuses[a.status] == 0 || statuses[a.status]+statuses[503] != abusers {
		c.t.Errorf("%s: answered with %v, want %d, or 503 for lack of room", a.name, statuses, a.status)
	}
}

// send sends one request while it waits for the answer, as the server need
// not take all of it.
func (c *crowd) send(a abuse) (status int) {
	conn := c.connect()
	if conn == nil {
		return 0
	}
	defer conn.Close()
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := io.WriteString(conn, requestHead+a.begin)
		for i := 0; i < a.times && err == nil; i++ {
			_, err = conn.Write(a.block)
		}
	})
	defer wg.Wait()
	defer conn.Close()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		c.t.Errorf("%s: %v", a.name, err)
		return 0
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusRequestHeaderFieldsTooLarge {
		return resp.StatusCode // which Go's server says in its own words
	}
	var p problem
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil || p.Status != resp.StatusCode || p.Title == "" || resp.Header.Get("Content-Type") != "application/problem+json" {
		c.t.Errorf("%s: %s, %s: %+v, %v; a problem was wanted", a.name, resp.Status, resp.Header.Get("Content-Type"), p, err)
	}
	return resp.StatusCode
}

// wellBehaved sends a request that is as it should be.
func (c *crowd) wellBehaved(want int) {
	c.t.Helper()
	resp, err := http.Post("http://"+c.addr+"/v1/classify", "application/json", strings.NewReader(good))
	if err != nil {
		c.t.Error(err)
		return
	}
	resp.Body.Close()
	if resp.StatusCode != want {
		c.t.Errorf("a good request is answered with %s, want %d", resp.Status, want)
	}
}

// watchHeap looks at the heap until it is asked by how much it grew: at most,
// and for good.
func watchHeap() func() (peak, left uint64) {
	settled := func() (m runtime.MemStats) {
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m
	}
	before, done := settled(), make(chan struct{})
	var most uint64
	var wg sync.WaitGroup
	wg.Go(func() {
		var m runtime.MemStats
		for tick := time.Tick(2 * time.Millisecond); ; <-tick {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-done:
				return
			default:
			}
		}
	})
	return func() (peak, left uint64) {
		close(done)
		wg.Wait()
		after := settled()
		return most - min(most, before.HeapInuse), after.HeapAlloc - min(after.HeapAlloc, before.HeapAlloc)
	}
}
