// Package contract holds what others may rely on: JSON Schemas of a posting, a
// result and a rejection, and an AsyncAPI document of the subjects and headers
// they travel with. Its tests hold them against what the program sends.
package contract

import (
	"embed"
	"fmt"
)

//go:embed posting.schema.json result.schema.json rejection.schema.json asyncapi.yaml
var files embed.FS

// Names are the documents there are.
var Names = []string{"posting.schema.json", "result.schema.json", "rejection.schema.json", "asyncapi.yaml"}

// Read gives a document by one of Names.
func Read(name string) ([]byte, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("no document %q: one of %v was wanted", name, Names)
	}
	return data, nil
}
