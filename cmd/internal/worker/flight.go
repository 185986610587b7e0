package worker

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// flight holds the postings that were delivered and not settled, the one that
// the broker has not heard of for longest first.
type flight struct {
	mu   sync.Mutex
	jobs list.List
}

func (f *flight) add(j *job) {
	f.mu.Lock()
	j.touched = j.at
	j.place = f.jobs.PushBack(j)
	f.mu.Unlock()
}

func (f *flight) remove(j *job) {
	f.mu.Lock()
	if j.place != nil {
		f.jobs.Remove(j.place)
		j.place = nil
	}
	f.mu.Unlock()
}

func (f *flight) len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.jobs.Len()
}

// silent are the postings that the broker has not heard of since a time; it
// will have heard of them now.
func (f *flight) silent(since, now time.Time) []*job {
	f.mu.Lock()
	defer f.mu.Unlock()
	var late []*job
	for e := f.jobs.Front(); e != nil; e = f.jobs.Front() {
		j := e.Value.(*job)
		if j.touched.After(since) {
			break
		}
		j.touched = now
		f.jobs.MoveToBack(e)
		late = append(late, j)
	}
	return late
}

func (f *flight) takeAll() []*job {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []*job
	for e := f.jobs.Front(); e != nil; e = e.Next() {
		all = append(all, e.Value.(*job))
	}
	return all
}

// keepFlying tells the broker of postings that take longer than a third of
// the time after which it would deliver them again.
func (w *Worker) keepFlying(ctx context.Context) {
	tick := time.NewTicker(max(w.ackWait/12, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			for _, j := range w.flight.silent(now.Add(-w.ackWait/3), now) {
				if w.link.NC.Publish(j.msg.Reply, []byte("+WPI")) == nil {
					w.metrics.InProgress()
				}
			}
		}
	}
}
