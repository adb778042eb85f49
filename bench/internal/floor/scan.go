package floor

import "bytes"

// scanner returns values of a JSON document as bytes of the document. It does not validate: for invalid JSON, it
// returns any bytes of the input.
type scanner struct {
	data []byte
	at   int
}

// next returns the first byte of the next token, or 0 at the end.
func (s *scanner) next() byte {
	for s.at < len(s.data) {
		if c := s.data[s.at]; c > ' ' {
			return c
		}
		s.at++
	}
	return 0
}

// open enters an object or array. If the next value does not start with bracket, open skips it.
func (s *scanner) open(bracket byte) bool {
	if s.next() != bracket {
		s.value()
		return false
	}
	s.at++
	return true
}

// more reports whether there is another element. If not, it leaves the object or array.
func (s *scanner) more() bool {
	switch s.next() {
	case ',':
		s.at++
		return true
	case '}', ']', 0:
		s.at = min(s.at+1, len(s.data))
		return false
	}
	return true
}

// key returns the name of a member, without its quotes.
func (s *scanner) key() []byte {
	name := s.value()
	if s.next() == ':' {
		s.at++
	}
	if len(name) < 2 {
		return nil
	}
	return name[1 : len(name)-1]
}

// value returns the next value.
func (s *scanner) value() []byte {
	first := s.next()
	start := s.at
	switch first {
	case '"':
		s.skipString()
	case '{', '[':
		s.skipNested()
	case 0:
	default:
		s.skipWord()
	}
	return s.data[start:s.at]
}

func (s *scanner) skipString() {
	start := s.at
	s.at++
	for {
		length := bytes.IndexByte(s.data[s.at:], '"')
		if length < 0 {
			s.at = len(s.data)
			return
		}
		s.at += length + 1
		if !s.escaped(start, s.at-1) {
			return
		}
	}
}

// escaped reports whether the quote at the index is escaped.
func (s *scanner) escaped(start, quote int) bool {
	backslash := quote - 1
	for backslash > start && s.data[backslash] == '\\' {
		backslash--
	}
	return (quote-backslash)%2 == 0
}

func (s *scanner) skipNested() {
	for depth := 0; s.at < len(s.data); {
		switch s.data[s.at] {
		case '"':
			s.skipString()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			return
		}
	}
}

// skipWord skips a number, true, false or null, and at least one byte.
func (s *scanner) skipWord() {
	for s.at++; s.at < len(s.data); s.at++ {
		switch s.data[s.at] {
		case ',', '}', ']', ' ', '\n', '\r', '\t':
			return
		}
	}
}
