package rest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep values may be nested. The standard library draws the line at the same depth.
const maxDepth = 10_000

var (
	errSyntax = errors.New("not JSON")
	errDepth  = errors.New("nested too deeply")
)

// kind is the kind of a JSON value.
type kind byte

const (
	kindNone   kind = iota // not the start of a value, or the end of the document
	kindObject             // {
	kindArray              // [
	kindString             // "
	kindNumber             // a digit or -
	kindBool               // t or f
	kindNull               // n
)

// scanner walks over a JSON document and hands out parts of it. It is strict about syntax, because a broken document
// must not pass for a shorter one. At the first mistake err is set, and everything stays where it is from there on.
//
// It is our own because decoding is most of what the gateway does: the fastest tokeniser with a stable version took
// three times as long, looking at each string once for its end, once for escapes and once for its encoding.
type scanner struct {
	data  []byte
	at    int
	depth int
	err   error
}

func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// peek skips blanks and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.data) {
		switch c := s.data[s.at]; c {
		case ' ', '\n', '\t', '\r':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// next returns the kind of the value that comes next.
func (s *scanner) next() kind {
	switch c := s.peek(); c {
	case '{':
		return kindObject
	case '[':
		return kindArray
	case '"':
		return kindString
	case 't', 'f':
		return kindBool
	case 'n':
		return kindNull
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return kindNumber
		}
		return kindNone
	}
}

// enter steps over the bracket that opens an object or array.
func (s *scanner) enter() {
	s.at++
	s.depth++
	if s.depth > maxDepth {
		s.fail(errDepth)
	}
}

// more reports whether another member or element comes, and steps over the comma before it; if there is none, it steps
// over the closing bracket.
func (s *scanner) more(first bool, closing byte) bool {
	if s.err != nil {
		return false
	}
	c := s.peek()
	switch {
	case c == closing:
		s.at++
		s.depth--
		return false
	case first:
		return true
	case c == ',':
		s.at++
		return true
	}
	s.fail(errSyntax)
	return false
}

// name reads the name of a member and steps over the colon.
func (s *scanner) name() []byte {
	if s.peek() != '"' {
		s.fail(errSyntax)
		return nil
	}
	found := s.token()
	if s.peek() != ':' {
		s.fail(errSyntax)
		return nil
	}
	s.at++
	return found.bytes()
}

// skip steps over a value.
func (s *scanner) skip() {
	if s.err != nil {
		return
	}
	switch s.next() {
	case kindObject:
		s.enter()
		for first := true; s.more(first, '}'); first = false {
			s.name()
			s.skip()
		}
	case kindArray:
		s.enter()
		for first := true; s.more(first, ']'); first = false {
			s.skip()
		}
	case kindString:
		s.token()
	case kindNumber:
		s.number()
	case kindBool, kindNull:
		s.word()
	default:
		s.fail(errSyntax)
	}
}

// raw steps over a value and returns its bytes.
func (s *scanner) raw() []byte {
	s.peek()
	start := s.at
	s.skip()
	if s.err != nil {
		return nil
	}
	return s.data[start:s.at]
}

// word reads true, false or null.
func (s *scanner) word() []byte {
	for _, word := range [...]string{"true", "false", "null"} {
		if end := s.at + len(word); end <= len(s.data) && string(s.data[s.at:end]) == word {
			s.at = end
			return s.data[end-len(word) : end]
		}
	}
	s.fail(errSyntax)
	return nil
}

// number reads a number as it is written.
func (s *scanner) number() []byte {
	start := s.at
	s.accept('-')
	if !s.accept('0') && s.digits() == 0 {
		s.fail(errSyntax)
	}
	if s.accept('.') && s.digits() == 0 {
		s.fail(errSyntax)
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('+') {
			s.accept('-')
		}
		if s.digits() == 0 {
			s.fail(errSyntax)
		}
	}
	return s.data[start:s.at]
}

func (s *scanner) accept(c byte) bool {
	if s.at < len(s.data) && s.data[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) digits() int {
	start := s.at
	for s.at < len(s.data) && s.data[s.at] >= '0' && s.data[s.at] <= '9' {
		s.at++
	}
	return s.at - start
}

// token is a string of a document, without its quotes.
type token struct {
	raw     []byte
	escaped bool // whether there are escapes to resolve
	foreign bool // whether there are any but those of a Text
	ascii   bool // whether all bytes are ASCII, and so are valid UTF-8
}

// bytes returns the string itself. Without escapes, that is a part of the document.
func (t token) bytes() []byte {
	if !t.escaped {
		return t.raw
	}
	return unescape(t.raw)
}

// token reads a string. It looks at eight bytes at a time for what ends a string or needs a closer look.
func (s *scanner) token() token {
	data, at, escaped, foreign := s.data, s.at+1, false, false
	start, seen := at, uint64(0) // seen has every bit that any byte had
	for at < len(data) {
		if at+8 <= len(data) {
			word := binary.LittleEndian.Uint64(data[at:])
			stop := special(word)
			if stop == 0 {
				seen |= word
				at += 8
				continue
			}
			plain := bits.TrailingZeros64(stop) &^ 7
			seen |= word & (1<<plain - 1)
			at += plain / 8
		}
		switch c := data[at]; {
		case c == '"':
			s.at = at + 1
			return token{raw: data[start:at], escaped: escaped, foreign: foreign, ascii: seen&high == 0}
		case c == '\\':
			escaped = true
			length := escapeLength(data[at:])
			if length == 0 {
				s.fail(errSyntax)
				return token{}
			}
			foreign = foreign || !isTextEscape(data[at+1])
			at += length
		case c < ' ':
			s.fail(errSyntax)
			return token{}
		default:
			seen |= uint64(c)
			at++
		}
	}
	s.fail(errSyntax)
	return token{}
}

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// special marks, by its high bit, the first byte of a word that is a quote, a backslash or a control character. What it
// says of bytes after that one may be wrong.
func special(word uint64) uint64 {
	quote, backslash := word^ones*'"', word^ones*'\\'
	return ((word-ones*' ')&^word | (quote-ones)&^quote | (backslash-ones)&^backslash) & high
}

// escapeLength is how long the escape is that comes next, 0 if it is none.
func escapeLength(rest []byte) int {
	length := 2
	if len(rest) > 1 && rest[1] == 'u' {
		length = 6
	}
	if length > len(rest) || escapeValue(rest) < 0 {
		return 0
	}
	return length
}

// escapeValue returns what an escape stands for, -1 if it is none: of the two bytes of a short one, or the six of one
// by number.
func escapeValue(escape []byte) rune {
	switch escape[1] {
	case '"', '\\', '/':
		return rune(escape[1])
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return hexValue(escape[2:6])
	}
	return -1
}

func hexValue(digits []byte) rune {
	var value rune
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		value = value<<4 | rune(c)
	}
	return value
}

// unescape resolves the escapes of a string that was read without a mistake.
func unescape(raw []byte) []byte {
	resolved := make([]byte, 0, len(raw))
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 {
			return append(resolved, raw...)
		}
		resolved = append(resolved, raw[:at]...)
		value, length := escaped(raw[at:])
		resolved = utf8.AppendRune(resolved, value)
		raw = raw[at+length:]
	}
}

// escaped returns the character that an escape stands for, and the length of the escape: of two, if they are the halves
// of one character.
func escaped(raw []byte) (value rune, length int) {
	value, length = escapeValue(raw), 2
	if raw[1] == 'u' {
		length = 6
	}
	if !utf16.IsSurrogate(value) {
		return value, length
	}
	if value, joined := surrogate(value, raw[length:]); joined {
		return value, 2 * length
	}
	return utf8.RuneError, length
}

// surrogate joins a half with the one that follows it. A half that stands alone is no character.
func surrogate(first rune, rest []byte) (value rune, joined bool) {
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if value = utf16.DecodeRune(first, hexValue(rest[2:6])); value != utf8.RuneError {
			return value, true
		}
	}
	return utf8.RuneError, false
}
