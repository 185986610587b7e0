package worker

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/nats-io/nats.go"
)

// verdict is what the broker says to a publish.
type verdict int

const (
	stored       verdict = iota
	storedBefore         // its id is known, or its subject is taken: the same thing is there
	busy                 // not now
	never                // not this
)

type confirmation struct {
	verdict verdict
	cause   string // of busy and never
	code    int    // of an error of JetStream's
}

var (
	errorKey     = []byte(`"error"`)
	duplicateKey = []byte(`"duplicate":`)
)

// Error codes of JetStream.
const (
	codeSubjectTaken = 10071 // wrong last sequence: the subject has a message
	codeExceeds      = 10054 // message size exceeds maximum allowed
)

func readConfirmation(msg *nats.Msg) confirmation {
	if len(msg.Data) == 0 {
		return confirmation{verdict: busy, cause: "status_" + or(msg.Header.Get("Status"), "none")}
	}
	if !bytes.Contains(msg.Data, errorKey) && !bytes.Contains(msg.Data, duplicateKey) {
		return confirmation{verdict: stored}
	}
	var ack struct {
		Stream    string `json:"stream"`
		Duplicate bool   `json:"duplicate"`
		Error     *struct {
			Code int    `json:"err_code"`
			Text string `json:"description"`
		} `json:"error"`
	}
	err := json.Unmarshal(msg.Data, &ack)
	switch {
	case err != nil:
		return confirmation{verdict: busy, cause: "unreadable_confirmation"}
	case ack.Error == nil && ack.Duplicate:
		return confirmation{verdict: storedBefore}
	case ack.Error == nil:
		return confirmation{verdict: stored}
	case ack.Error.Code == codeSubjectTaken:
		return confirmation{verdict: storedBefore}
	case ack.Error.Code == codeExceeds:
		return confirmation{verdict: never, cause: ack.Error.Text}
	}
	return confirmation{busy, "error_" + strconv.Itoa(ack.Error.Code), ack.Error.Code}
}
