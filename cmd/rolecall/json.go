package main

import (
	"encoding/json"
	"io"
)

// writeJSON writes v for people to read: indented, signs like < as they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
