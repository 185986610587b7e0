package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"rolecall/classifier"
	"rolecall/cmd/internal/feed"
)

var (
	typeKey  = []byte(`"@type"`)
	typeName = []byte(`JobPosting"`)
)

// isJobPosting looks for the key and the name of the type. A description that
// speaks of them has its quotes escaped, and so is not taken for one.
func isJobPosting(data []byte) bool {
	i := bytes.Index(data, typeKey)
	return i >= 0 && bytes.Contains(data, typeName)
}

func fromJobPosting(data []byte) (classifier.Posting, error) {
	if len(data) > classifier.MaxPosting {
		return classifier.Posting{}, fmt.Errorf("JobPosting of %d bytes: at most %d are read", len(data), classifier.MaxPosting)
	}
	for r := range feed.Read(context.Background(), nil, bytes.NewReader(data), feed.Options{Format: "json"}) {
		return r.Posting()
	}
	return classifier.Posting{}, errors.New("no JobPosting in this object")
}
