package worker

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/micro"

	"rolecall/classifier"
	"rolecall/cmd/internal/broker"
)

func TestRequestsOverNATS(t *testing.T) {
	b := newBench(t, broker.Plan{})
	judge := Judge{"rev-1", func(p classifier.Posting) classifier.Result {
		if p.Title == "panic" {
			panic("as asked")
		}
		return plain(p)
	}}
	r, err := ServeRequests(b.link, "1.2.3", judge.Answer, func() any { return map[string]string{"revision": "rev-1"} }, metrics(), quiet())
	must(t, err)
	defer r.Stop()
	for _, c := range []struct{ subject, in, code, wants string }{
		{"rolecall.classify", `{"id":"a","title":"hybrid"}`, "", `"label":"hybrid"`},
		{"rolecall.classify", `{"id":""}`, "400", ""},
		{"rolecall.classify", `no`, "400", ""},
		{"rolecall.classify", `{"id":"a","title":"panic"}`, "500", ""},
		{"rolecall.classify", `{"@type":"JobPosting","identifier":"j","title":"hybrid","description":"x"}`, "", `"id":"j"`},
		{"rolecall.info", ``, "", `"revision":"rev-1"`},
	} {
		m, err := b.link.NC.Request(c.subject, []byte(c.in), 5*time.Second)
		must(t, err)
		if got := m.Header.Get(micro.ErrorCodeHeader); got != c.code || !strings.Contains(string(m.Data), c.wants) {
			t.Errorf("%s %s: error %q %q, data %s; want error %q, data with %s", c.subject, c.in, got, m.Header.Get(micro.ErrorHeader), m.Data, c.code, c.wants)
		}
	}
	m, err := b.link.NC.Request("$SRV.INFO.rolecall", nil, 5*time.Second)
	must(t, err)
	var info micro.Info
	must(t, json.Unmarshal(m.Data, &info))
	if len(info.Endpoints) != 2 || info.Version != "1.2.3" || !json.Valid([]byte(info.Endpoints[0].Metadata["response_schema"])) {
		t.Errorf("the service says of itself: %s", m.Data)
	}
}
