//go:build unix

package broker

import (
	"fmt"
	"syscall"
)

// lock keeps a second process out of a store directory: two servers on one
// store lose what either has written. The kernel lets go of it however the
// process ends.
func lock(dir string) (unlock func(), err error) {
	f, err := lockFile(dir)
	if err != nil {
		return nil, fmt.Errorf("store directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("store directory %s is in use by another rolecall (%w): stop it, or give --store another directory", dir, err)
	}
	return func() { f.Close() }, nil
}
