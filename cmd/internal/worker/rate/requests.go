//go:build unix

package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"rolecall/cmd/internal/api"
	"rolecall/cmd/internal/ops"
	"rolecall/cmd/internal/worker"
)

// requests measures POST /v1/classify in lists, then single ones at half the
// rate that lists had, over HTTP and over NATS.
func requests(ctx context.Context, flags *flag.FlagSet, args []string) error {
	least := flags.Float64("least", 10_000, "classifications a second that are wanted")
	most := flags.Duration("most", 20*time.Millisecond, "99th percentile that is allowed for single ones at half of -least")
	seconds := flags.Int("seconds", 8, "of each measurement")
	_ = flags.Parse(args)
	judge, err := judgment()
	if err != nil {
		return err
	}
	postings, err := sample(1000)
	if err != nil {
		return err
	}
	messages := encoded(postings)
	m := ops.NewMetrics("rate")
	mux := http.NewServeMux()
	api.New(judge.Answer, func() any { return nil }, m).Routes(mux)
	server, err := ops.Listen("127.0.0.1:0", mux)
	if err != nil {
		return err
	}
	defer server.Shutdown(ctx)
	s, err := newStand(ctx, nil)
	if err != nil {
		return err
	}
	defer s.close()
	service, err := worker.ServeRequests(s.link, "1.0.0", judge.Answer, func() any { return nil }, m, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer service.Stop()
	span := time.Duration(*seconds) * time.Second
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 64
	url := "http://" + server.Addr() + "/v1/classify"
	rate := lists(ctx, url, messages, span)
	fmt.Printf("HTTP, lists of 100: %.0f classifications/s (at least %.0f)\n", rate, *least)
	overHTTP := singles(ctx, messages, *least/2, span, func(m []byte) error { return post(url, m, "application/json") })
	fmt.Printf("HTTP, single ones at %.0f/s: p50 %v, p99 %v (at most %v)\n", *least/2, overHTTP[0], overHTTP[1], *most)
	overNATS := singles(ctx, messages, *least/2, span, func(m []byte) error {
		_, err := s.link.NC.Request("rolecall.classify", m, 5*time.Second)
		return err
	})
	fmt.Printf("NATS, single ones at %.0f/s: p50 %v, p99 %v (at most %v)\n", *least/2, overNATS[0], overNATS[1], *most)
	if rate < *least || overHTTP[1] > *most || overNATS[1] > *most {
		return fmt.Errorf("below the bar")
	}
	return nil
}

func lists(ctx context.Context, url string, messages [][]byte, span time.Duration) float64 {
	var bodies [][]byte
	for chunk := range slices.Chunk(messages, 100) {
		bodies = append(bodies, append(append([]byte("["), bytes.Join(chunk, []byte(","))...), ']'))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	total, begun := 0, time.Now()
	for range 4 {
		wg.Go(func() {
			n := 0
			for i := 0; time.Since(begun) < span && ctx.Err() == nil; i++ {
				if post(url, bodies[i%len(bodies)], "application/json") == nil {
					n += 100
				}
			}
			mu.Lock()
			total += n
			mu.Unlock()
		})
	}
	wg.Wait()
	return float64(total) / time.Since(begun).Seconds()
}

// singles sends at a steady rate whatever the answers do, and gives the
// median and the 99th percentile from when each was due.
func singles(ctx context.Context, messages [][]byte, rate float64, span time.Duration, send func([]byte) error) [2]time.Duration {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var took []time.Duration
	begun := time.Now()
	jobs := make(chan int, 100_000)
	for range 64 {
		wg.Go(func() {
			for i := range jobs {
				due := begun.Add(time.Duration(float64(i) / rate * float64(time.Second)))
				err := send(messages[i%len(messages)])
				d := time.Since(due)
				if err != nil {
					d = time.Hour
				}
				mu.Lock()
				took = append(took, d)
				mu.Unlock()
			}
		})
	}
	for i := 0; time.Since(begun) < span && ctx.Err() == nil; {
		for due := int(time.Since(begun).Seconds() * rate); i < due; i++ {
			jobs <- i
		}
		time.Sleep(500 * time.Microsecond)
	}
	close(jobs)
	wg.Wait()
	slices.Sort(took)
	if len(took) == 0 {
		return [2]time.Duration{}
	}
	return [2]time.Duration{took[len(took)/2].Round(10 * time.Microsecond), took[len(took)*99/100].Round(10 * time.Microsecond)}
}

func post(url string, body []byte, kind string) error {
	resp, err := http.Post(url, kind, bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return err
}
