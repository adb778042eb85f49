// Package jsonscan tokenizes JSON: the responses of mStudio and the requests of clients.
package jsonscan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is the maximum nesting depth, the same as in encoding/json.
const maxDepth = 10_000

var (
	// ErrSyntax is the error of a document that is not JSON.
	ErrSyntax = errors.New("not JSON")
	// ErrDepth is the error of a document with more than 10,000 nesting levels.
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

// A Scanner reads a JSON document from front to back. It checks the syntax strictly, because a truncated document must
// not pass for a complete one. After the first error it does not advance any further.
//
// The package exists because the gateway spends most of its time on decoding. The fastest tokenizer with a stable
// version took three times as long: it reads each string three times, for its end, its escapes and its encoding.
type Scanner struct {
	// Data is the document.
	Data []byte
	// At is the index of the next byte in Data.
	At int
	// Depth is the number of open objects and arrays.
	Depth int
	// Err is the first error.
	Err error
}

// Fail sets Err unless it is already set.
func (s *Scanner) Fail(err error) {
	if s.Err == nil {
		s.Err = err
	}
}

// Peek skips white space and returns the next byte without reading it, or 0 at the end.
func (s *Scanner) Peek() byte {
	if s.At < len(s.Data) && s.Data[s.At] > ' ' { // the usual case
		return s.Data[s.At]
	}
	return s.peekPastSpace()
}

func (s *Scanner) peekPastSpace() byte {
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

// Next returns the kind of the next value without reading it.
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

// Enter reads the bracket that opens an object or array.
func (s *Scanner) Enter() {
	s.At++
	s.Depth++
	if s.Depth > maxDepth {
		s.Fail(ErrDepth)
	}
}

// More reports whether the open object or array has another member or element. It reads the comma before it, or the
// closing bracket.
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

// Name reads the name of a member and the colon.
func (s *Scanner) Name() []byte {
	if s.Peek() != '"' {
		s.Fail(ErrSyntax)
		return nil
	}
	name := s.Token()
	if s.Peek() != ':' {
		s.Fail(ErrSyntax)
		return nil
	}
	s.At++
	return name.Bytes()
}

// Skip reads a value without returning it.
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
		s.Literal()
	default:
		s.Fail(ErrSyntax)
	}
}

// Raw reads a value and returns its bytes in the document.
func (s *Scanner) Raw() []byte {
	s.Peek()
	start := s.At
	s.Skip()
	if s.Err != nil {
		return nil
	}
	return s.Data[start:s.At]
}

// Literal reads true, false or null.
func (s *Scanner) Literal() []byte {
	for _, literal := range [...]string{"true", "false", "null"} {
		if end := s.At + len(literal); end <= len(s.Data) && string(s.Data[s.At:end]) == literal {
			s.At = end
			return s.Data[end-len(literal) : end]
		}
	}
	s.Fail(ErrSyntax)
	return nil
}

// Number reads a number and returns its digits as they are in the document.
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

// Token is a string in a document.
type Token struct {
	// Raw holds the bytes between the quotes.
	Raw []byte
	// Escaped reports whether Raw has escapes.
	Escaped bool
	// Foreign reports whether Raw has escapes other than \" \\ \n \r \t, the only ones that gqlgen writes.
	Foreign bool
	// ASCII reports whether Raw is ASCII and therefore valid UTF-8.
	ASCII bool
}

// isGqlgenEscape reports whether gqlgen writes the escape with this letter. It writes other characters unescaped, or as
// \u with upper-case digits.
func isGqlgenEscape(letter byte) bool {
	switch letter {
	case '"', '\\', 'n', 'r', 't':
		return true
	}
	return false
}

// Bytes returns the string without escapes. It may share memory with the document.
func (t Token) Bytes() []byte {
	if !t.Escaped {
		return t.Raw
	}
	return Unescape(t.Raw)
}

// Token reads a string. It searches eight bytes at a time for a quote, a backslash or a control character.
func (s *Scanner) Token() Token {
	data, at, escaped, foreign := s.Data, s.At+1, false, false
	start, union := at, uint64(0) // union is the bitwise OR of all bytes
	for at < len(data) {
		if at+8 <= len(data) {
			word := binary.LittleEndian.Uint64(data[at:])
			stop := special(word)
			if stop == 0 {
				union |= word
				at += 8
				continue
			}
			plain := bits.TrailingZeros64(stop) &^ 7
			union |= word & (1<<plain - 1)
			at += plain / 8
		}
		switch c := data[at]; {
		case c == '"':
			s.At = at + 1
			return Token{Raw: data[start:at], Escaped: escaped, Foreign: foreign, ASCII: union&high == 0}
		case c == '\\':
			escaped = true
			length := escapeLength(data[at:])
			if length == 0 {
				s.Fail(ErrSyntax)
				return Token{}
			}
			foreign = foreign || !isGqlgenEscape(data[at+1])
			at += length
		case c < ' ':
			s.Fail(ErrSyntax)
			return Token{}
		default:
			union |= uint64(c)
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

// special sets the high bit of the first byte of word that is a quote, a backslash or a control character. It returns 0
// if word has none. The bits after the first one may be wrong.
func special(word uint64) uint64 {
	quote, backslash := word^ones*'"', word^ones*'\\'
	return ((word-ones*' ')&^word | (quote-ones)&^quote | (backslash-ones)&^backslash) & high
}

// escapeLength returns the length of the escape at the start of rest, or 0 if it is invalid.
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

// escapeValue returns the character of an escape, or -1 if it is invalid. The escape has two bytes, or six if it starts
// with \u.
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

// Unescape replaces escapes with their characters. raw must come from a valid [Token].
func Unescape(raw []byte) []byte {
	unescaped := make([]byte, 0, len(raw))
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 {
			return append(unescaped, raw...)
		}
		unescaped = append(unescaped, raw[:at]...)
		value, length := firstEscape(raw[at:])
		unescaped = utf8.AppendRune(unescaped, value)
		raw = raw[at+length:]
	}
}

// firstEscape returns the character and the length of the escape at the start of raw. A surrogate pair counts as one
// escape.
func firstEscape(raw []byte) (value rune, length int) {
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

// surrogate combines a surrogate with the one that follows it. joined is false if first is unpaired.
func surrogate(first rune, rest []byte) (value rune, joined bool) {
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if value = utf16.DecodeRune(first, hexValue(rest[2:6])); value != utf8.RuneError {
			return value, true
		}
	}
	return utf8.RuneError, false
}
