package main

import (
	"context"
	"fmt"
	"os"

	"rolecall/cmd/internal/broker"
)

// openBroker connects to the broker that the flags name, or runs one.
func (s *service) openBroker(ctx context.Context) error {
	cfg := natsConfig(s.c)
	cfg.Name = "rolecall worker"
	cfg.OnError = func(err error) {
		s.metrics.BrokerError()
		s.log.Error("broker", "error", err)
	}
	cfg.OnDisconnect = func(err error) {
		if err != nil { // without one it was closed on purpose
			s.log.Warn("broker connection lost", "error", err)
		}
	}
	cfg.OnReconnect = func() {
		s.log.Info("broker connection made again", "nats", broker.Redact(s.link.NC.ConnectedUrl()))
		if s.worker != nil {
			s.worker.Reconnected()
		}
	}
	if cfg.URL == "" && cfg.Context == "" {
		return s.openInside(ctx, cfg)
	}
	link, err := broker.Connect(cfg)
	if err != nil {
		return err
	}
	s.link = link
	s.atEnd = append(s.atEnd, link.Close)
	return nil
}

// openInside runs a JetStream server in this process.
func (s *service) openInside(ctx context.Context, cfg broker.Config) error {
	inside, err := s.insideConfig()
	if err != nil {
		return err
	}
	if s.inside, err = broker.Start(inside); err != nil {
		return err
	}
	s.atEnd = append(s.atEnd, s.inside.Stop)
	if s.link, err = s.inside.Connect(&cfg); err != nil {
		return err
	}
	s.atEnd = append(s.atEnd, s.link.Close)
	_, err = broker.Apply(ctx, s.link, insidePlan(inside))
	return err
}

// always says whether everything is on disk before it is acknowledged. Results
// are then stored in atomic batches, since singly they would wait for the disk
// singly: 4,000 to 5,000 a second where batches of 100 reach 17,000. A worker on
// a server outside sends them singly, whatever that server does: it has no
// right to look whether its stream takes batches.
func (s *service) always() bool { return s.c.String("durability") == "always" }

func (s *service) insideConfig() (broker.EmbeddedConfig, error) {
	once := s.c.Bool("once")
	cfg := broker.EmbeddedConfig{Dir: s.c.String("store"), Listen: s.c.String("listen"), MaxStore: s.c.Int64("max-store") << 20, Log: s.log}
	if cfg.Always = s.always(); !cfg.Always && s.c.String("durability") != "interval" {
		return cfg, fmt.Errorf("--durability %s: interval or always was wanted", s.c.String("durability"))
	}
	if cfg.Listen == "" && !once {
		cfg.Listen = "127.0.0.1:4222"
	}
	if cfg.Listen == "none" {
		cfg.Listen = ""
	}
	if cfg.Dir == "" && !once {
		cfg.Dir = "rolecall-store"
	}
	if cfg.Dir == "" {
		dir, err := os.MkdirTemp("", "rolecall-")
		if err != nil {
			return cfg, err
		}
		cfg.Dir = dir
		s.atEnd = append(s.atEnd, func() { os.RemoveAll(dir) })
	}
	return cfg, nil
}

// insidePlan shares the disk among the streams.
func insidePlan(cfg broker.EmbeddedConfig) broker.Plan {
	total := or(cfg.MaxStore, 16<<30)
	return broker.Plan{PostingsBytes: total / 4, ResultsBytes: total / 2, RejectedBytes: total / 16, Batches: cfg.Always}
}
