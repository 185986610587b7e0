//go:build !unix

package broker

import "fmt"

// lock only keeps the file open where the system has no flock: Windows then
// refuses to remove it, and nothing more.
func lock(dir string) (unlock func(), err error) {
	f, err := lockFile(dir)
	if err != nil {
		return nil, fmt.Errorf("store directory: %w", err)
	}
	return func() { f.Close() }, nil
}
