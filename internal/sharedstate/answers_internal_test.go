package sharedstate

import "testing"

// acceptAll accepts a stream in pieces of a size.
func acceptAll(stream string, size int) bool {
	var a answers
	for stream != "" {
		n := min(size, len(stream))
		if !a.accept([]byte(stream[:n])) {
			return false
		}
		stream = stream[n:]
	}
	return true
}

// Pieces of any size have the same verdict as the whole.
func FuzzAnswers(f *testing.F) {
	for _, stream := range []string{"*2\r\n$1\r\na\r\n:1\r\n", "%1\r\n+a\r\n>0\r\n_\r\n#t\r\n", "$-1\r\n*-1\r\n,1.5\r\n", "$05\r\nhello\r\n", "$5\nhello\n"} {
		f.Add(stream, 3)
	}
	f.Fuzz(func(t *testing.T, stream string, size int) {
		if whole := acceptAll(stream, max(len(stream), 1)); whole != acceptAll(stream, max(size, 1)) {
			t.Errorf("%q: whole %t, other in pieces of %d", stream, whole, size)
		}
	})
}
