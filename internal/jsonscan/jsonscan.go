// Package jsonscan walks over JSON documents: those that mStudio sends, and those that clients do.
package jsonscan

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
	// ErrSyntax is what [Scanner.Err] is set to by a document that is not JSON.
	ErrSyntax = errors.New("not JSON")
	// ErrDepth is what it is set to by one that is nested more than 10,000 levels deep.
	ErrDepth = errors.New("nested too deeply")
)

// Kind is the kind of a JSON value.
type Kind byte

// The kinds of values.
const (
	None   Kind = iota // not the start of a value, or the end of the document
	Object             // {
	Array              // [
	String             // "
	Number             // a digit or -
	Bool               // t or f
	Null               // n
)

// Scanner walks over a JSON document and hands out parts of it. It is strict about syntax, because a broken document
// must not pass for a shorter one. At the first mistake Err is set, and everything stays where it is from there on.
//
// It is our own because decoding is most of what the gateway does: the fastest tokeniser with a stable version took
// three times as long, looking at each string once for its end, once for escapes and once for its encoding.
type Scanner struct {
	// Data is the document.
	Data []byte
	// At is where in it the scanner stands.
	At int
	// Depth is how many objects and arrays are open there.
	Depth int
	// Err is the first mistake, nil if there is none.
	Err error
}

// Fail sets Err, if it is not set.
func (s *Scanner) Fail(err error) {
	if s.Err == nil {
		s.Err = err
	}
}

// Peek skips blanks and returns the next byte, 0 at the end. Usually there are no blanks.
func (s *Scanner) Peek() byte {
	if s.At < len(s.Data) && s.Data[s.At] > ' ' {
		return s.Data[s.At]
	}
	return s.peekBehindBlanks()
}

func (s *Scanner) peekBehindBlanks() byte {
	for s.At < len(s.Data) {
		switch c := s.Data[s.At]; c {
		case ' ', '\n', '\t', '\r':
			s.At++
		default:
			return c
		}
	}
	return 0
}

// Next returns the kind of the value that comes next.
func (s *Scanner) Next() Kind {
	switch c := s.Peek(); c {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return Number
		}
		return None
	}
}

// Enter steps over the bracket that opens an object or array.
func (s *Scanner) Enter() {
	s.At++
	s.Depth++
	if s.Depth > maxDepth {
		s.Fail(ErrDepth)
	}
}

// More reports whether another member or element comes, and steps over the comma before it; if there is none, it steps
// over the closing bracket.
func (s *Scanner) More(first bool, closing byte) bool {
	if s.Err != nil {
		return false
	}
	c := s.Peek()
	switch {
	case c == closing:
		s.At++
		s.Depth--
		return false
	case first:
		return true
	case c == ',':
		s.At++
		return true
	}
	s.Fail(ErrSyntax)
	return false
}

// Name reads the name of a member and steps over the colon.
func (s *Scanner) Name() []byte {
	if s.Peek() != '"' {
		s.Fail(ErrSyntax)
		return nil
	}
	found := s.Token()
	if s.Peek() != ':' {
		s.Fail(ErrSyntax)
		return nil
	}
	s.At++
	return found.Bytes()
}

// Skip steps over a value.
func (s *Scanner) Skip() {
	if s.Err != nil {
		return
	}
	switch s.Next() {
	case Object:
		s.Enter()
		for first := true; s.More(first, '}'); first = false {
			s.Name()
			s.Skip()
		}
	case Array:
		s.Enter()
		for first := true; s.More(first, ']'); first = false {
			s.Skip()
		}
	case String:
		s.Token()
	case Number:
		s.Number()
	case Bool, Null:
		s.Word()
	default:
		s.Fail(ErrSyntax)
	}
}

// Raw steps over a value and returns its bytes.
func (s *Scanner) Raw() []byte {
	s.Peek()
	start := s.At
	s.Skip()
	if s.Err != nil {
		return nil
	}
	return s.Data[start:s.At]
}

// Word reads true, false or null.
func (s *Scanner) Word() []byte {
	for _, word := range [...]string{"true", "false", "null"} {
		if end := s.At + len(word); end <= len(s.Data) && string(s.Data[s.At:end]) == word {
			s.At = end
			return s.Data[end-len(word) : end]
		}
	}
	s.Fail(ErrSyntax)
	return nil
}

// Number reads a number as it is written.
func (s *Scanner) Number() []byte {
	start := s.At
	s.accept('-')
	if !s.accept('0') && s.digits() == 0 {
		s.Fail(ErrSyntax)
	}
	if s.accept('.') && s.digits() == 0 {
		s.Fail(ErrSyntax)
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('+') {
			s.accept('-')
		}
		if s.digits() == 0 {
			s.Fail(ErrSyntax)
		}
	}
	return s.Data[start:s.At]
}

func (s *Scanner) accept(c byte) bool {
	if s.At < len(s.Data) && s.Data[s.At] == c {
		s.At++
		return true
	}
	return false
}

func (s *Scanner) digits() int {
	start := s.At
	for s.At < len(s.Data) && s.Data[s.At] >= '0' && s.Data[s.At] <= '9' {
		s.At++
	}
	return s.At - start
}

// Token is a string of a document.
type Token struct {
	// Raw is what stands between the quotes.
	Raw []byte
	// Escaped says whether there are escapes to resolve.
	Escaped bool
	// Foreign says whether there are any but those that gqlgen's answers have; see [IsAnswerEscape].
	Foreign bool
	// ASCII says whether all bytes are ASCII, and so are valid UTF-8.
	ASCII bool
}

// IsAnswerEscape reports whether an answer of gqlgen's has the short escape with this letter. It would write any other
// character as it is, or by its number in upper-case digits.
func IsAnswerEscape(letter byte) bool {
	switch letter {
	case '"', '\\', 'n', 'r', 't':
		return true
	}
	return false
}

// Bytes returns the string itself. Without escapes, that is a part of the document.
func (t Token) Bytes() []byte {
	if !t.Escaped {
		return t.Raw
	}
	return Unescape(t.Raw)
}

// Token reads a string. It looks at eight bytes at a time for what ends a string or needs a closer look.
func (s *Scanner) Token() Token {
	data, at, escaped, foreign := s.Data, s.At+1, false, false
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
			s.At = at + 1
			return Token{Raw: data[start:at], Escaped: escaped, Foreign: foreign, ASCII: seen&high == 0}
		case c == '\\':
			escaped = true
			length := escapeLength(data[at:])
			if length == 0 {
				s.Fail(ErrSyntax)
				return Token{}
			}
			foreign = foreign || !IsAnswerEscape(data[at+1])
			at += length
		case c < ' ':
			s.Fail(ErrSyntax)
			return Token{}
		default:
			seen |= uint64(c)
			at++
		}
	}
	s.Fail(ErrSyntax)
	return Token{}
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

// Unescape resolves the escapes of a string that was read without a mistake.
func Unescape(raw []byte) []byte {
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
