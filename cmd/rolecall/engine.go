package main

import (
	"errors"
	"os"
	"sync"

	"github.com/urfave/cli/v3"

	"rolecall/classifier"
	"rolecall/index"
)

// modelFlag names a model file made by "fit"; without it the model that is
// built in is used.
func modelFlag() cli.Flag {
	return &cli.StringFlag{Name: "model", Usage: "use the model in `FILE` in place of the one that is built in", Sources: cli.EnvVars("ROLECALL_MODEL")}
}

// openModel reads the model that the command's flags name.
func openModel(c *cli.Command) (*classifier.Model, error) {
	name := c.String("model")
	if name == "" {
		return classifier.DefaultModel()
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return classifier.ReadModel(f)
}

// openBoth opens the command's index and model side by side.
func openBoth(c *cli.Command) (ix *index.Index, m *classifier.Model, err error) {
	var modelErr error
	var model sync.WaitGroup
	model.Go(func() { m, modelErr = openModel(c) })
	ix, err = openIndex(c)
	model.Wait()
	if err == nil && modelErr != nil {
		err = errors.Join(modelErr, ix.Close())
	}
	return ix, m, err
}

// openClassifier is the classifier of the command's index and model.
func openClassifier(c *cli.Command, opts classifier.Options) (*classifier.Classifier, error) {
	ix, m, err := openBoth(c)
	if err != nil {
		return nil, err
	}
	return classifier.New(ix, m, opts), nil
}
