package index

// Index is what is known, opened for reading.
type Index struct{}
