package broker

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"go.yaml.in/yaml/v4"
)

const deploy = "../../../deploy/"

// documents are those of a YAML file.
func documents(t *testing.T, file string) []map[string]any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for dec := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var d map[string]any
		err := dec.Decode(&d)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, d)
	}
}

// The NACK manifests make what Apply makes.
func TestManifestsMakeTheSameStreams(t *testing.T) {
	plan := Plan{Replicas: 3}
	want := map[string]map[string]any{}
	for _, s := range plan.Streams() {
		want[s.Name] = map[string]any{
			"name": s.Name, "description": s.Description, "subjects": []any{s.Subjects[0]}, "storage": "file", "retention": "limits",
			"discard":  map[jetstream.DiscardPolicy]string{jetstream.DiscardOld: "old", jetstream.DiscardNew: "new"}[s.Discard],
			"maxBytes": int(s.MaxBytes), "duplicateWindow": short(s.Duplicates), "allowDirect": s.AllowDirect, "replicas": s.Replicas, "preventDelete": true,
		}
	}
	c := plan.Durable()
	want[Consumer] = map[string]any{
		"streamName": Postings, "durableName": c.Durable, "description": c.Description, "deliverPolicy": "all", "ackPolicy": "explicit",
		"ackWait": short(c.AckWait), "maxDeliver": c.MaxDeliver, "maxAckPending": c.MaxAckPending, "filterSubject": c.FilterSubject,
	}
	got := map[string]map[string]any{}
	for _, d := range documents(t, deploy+"kubernetes/streams.yaml") {
		spec := d["spec"].(map[string]any)
		name, _ := spec["name"].(string)
		if d["kind"] == "Consumer" {
			name = spec["durableName"].(string)
		}
		got[name] = spec
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// short is a duration as the manifests write it: 10m, not 10m0s.
func short(d time.Duration) string { return strings.Replace(d.String(), "m0s", "m", 1) }

func TestKustomizeRenders(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("no kubectl here")
	}
	out, err := exec.Command(kubectl, "kustomize", deploy+"kubernetes").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, kind := range []string{"Deployment", "PodDisruptionBudget", "NetworkPolicy", "ScaledObject", "Stream", "Consumer"} {
		if !strings.Contains(string(out), "kind: "+kind+"\n") {
			t.Errorf("no %s was rendered", kind)
		}
	}
	if strings.Contains(string(out), "image: rolecall\n") {
		t.Error("the image's name was not replaced")
	}
}

// nats-server itself reads the configuration of compose's nodes.
func TestServerConfiguration(t *testing.T) {
	for _, v := range []string{"NATS_NAME", "WORKER_PASSWORD", "PUBLISHER_PASSWORD", "READER_PASSWORD", "ADMIN_PASSWORD"} {
		t.Setenv(v, strings.ToLower(v))
	}
	opts, err := server.ProcessConfigFile(deploy + "nats/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	if opts.ServerName != "nats_name" || len(opts.Users) != 4 || len(opts.Routes) != 3 || opts.SyncInterval != time.Second {
		t.Errorf("read as %s, %d users, %d routes, sync every %v", opts.ServerName, len(opts.Users), len(opts.Routes), opts.SyncInterval)
	}
}

// What compose mounts and names is there.
func TestCompose(t *testing.T) {
	c := documents(t, deploy+"compose.yaml")[0]
	services := c["services"].(map[string]any)
	volumes := c["volumes"].(map[string]any)
	example, err := os.ReadFile(deploy + "env.example")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(deploy + "compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(data), "${")[1:] {
		name, _, _ := strings.Cut(part, ":")
		if !strings.Contains(string(example), name+"=") {
			t.Errorf("env.example has no %s", name)
		}
	}
	for name, s := range services {
		service := s.(map[string]any)
		mounts, _ := service["volumes"].([]any)
		for _, m := range mounts {
			from, _, _ := strings.Cut(m.(string), ":")
			if strings.HasPrefix(from, ".") {
				if _, err := os.Stat(filepath.Join(deploy, from)); err != nil {
					t.Errorf("%s mounts %v", name, err)
				}
			} else if _, ok := volumes[from]; !ok {
				t.Errorf("%s mounts volume %s, which is not declared", name, from)
			}
		}
		ports, _ := service["ports"].([]any)
		for _, p := range ports {
			if !strings.HasPrefix(p.(string), "127.0.0.1:") {
				t.Errorf("%s publishes %s beyond loopback", name, p)
			}
		}
	}
}

func TestUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here")
	}
	out, _ := exec.Command(analyze, "verify", deploy+"systemd/rolecall.service").CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "rolecall.service") && !strings.Contains(line, "is not executable") {
			t.Error(strings.TrimSpace(line))
		}
	}
}
