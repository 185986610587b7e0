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

func fromJobPosting(data []byte) (p classifier.Posting, err error) {
	if len(data) > classifier.MaxPosting {
		return p, fmt.Errorf("JobPosting of %d bytes: at most %d are read", len(data), classifier.MaxPosting)
	}
	n := 0
	for r := range feed.Read(context.Background(), nil, bytes.NewReader(data), feed.Options{Format: "json"}) {
		if n++; n == 1 {
			p, err = r.Posting()
		}
	}
	switch {
	case n == 0:
		return p, errors.New("no JobPosting in this object")
	case n > 1:
		return p, fmt.Errorf("%d records in one message: one JobPosting was wanted", n)
	}
	return p, err
}
