package rest

import (
	"bytes"
	"errors"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"mstudio-graphql/internal/jsonscan"
)

// Epoch returns the substitute for a required time that is absent or invalid: 1970-01-01T00:00:00Z.
func Epoch() time.Time { return time.Unix(0, 0).UTC() }

// isUnixZero reports whether a time may be [Epoch], to the second. An inbox has more than a thousand times, and an exact comparison
// takes twice as long or more.
func isUnixZero(point time.Time) bool { return point.Unix() == 0 }

// KnownTime returns a required time, or nil if it is [Epoch].
func KnownTime(point time.Time) *time.Time {
	if point.Equal(Epoch()) {
		return nil
	}
	return &point
}

var (
	errTrailing = errors.New("something follows the document")
	errShape    = errors.New("the outermost value is of another kind")
	errElements = errors.New("the arrays have too many elements")
)

// maxElements is the maximum number of array elements in a document. Each element becomes an object in memory, so a
// document of zeros would take a hundred times its size. Real documents within maxBody have fewer.
const maxElements = 100_000

// elementBytes is about how much memory an element takes in addition to its part of the document. It is reserved for
// countedElements at once.
const elementBytes, countedElements = 256, 128

// decoder reads one document tolerantly. Each method consumes the next value of any kind, and returns the zero value if
// the kind does not fit. After invalid JSON, Err is set and no method reads further.
type decoder struct {
	jsonscan.Scanner
	fileURL  string
	elements int
	state    []any // see perType
	onDrift  func(Drift)
	route    string       // of onDrift
	odd      DriftKind    // how the member or row that is being read differs from its field, "" if it does not
	memory   Memory       // nil without a limit
	isOwner  bool         // nothing else refers to the document
	header   http.Header  // of the response
	message  *MessageHead // of the secrets that are being read
}

// byteOrderMark may precede a JSON document, as RFC 8259 allows parsers to ignore.
const byteOrderMark = "\ufeff"

// decode reads a whole document. read sets the decoder's Err if the outermost value has the wrong kind.
func decode[T any](body []byte, fileURL string, read func(*decoder) T) (T, error) {
	body = bytes.TrimPrefix(body, []byte(byteOrderMark))
	d := &decoder{Scanner: jsonscan.Scanner{Data: body}, fileURL: fileURL}
	value := read(d)
	if d.Err == nil && d.Peek() != 0 || d.At < len(d.Data) {
		d.Fail(errTrailing)
	}
	return value, d.Err
}

// within reads raw, a value that was set aside, with read. It keeps an earlier error, because raw is read after the object
// around it.
func (d *decoder) within(raw []byte, read func()) {
	outer := d.Scanner
	d.Scanner = jsonscan.Scanner{Data: raw, Depth: outer.Depth, Err: outer.Err}
	read()
	outer.Err = d.Err
	d.Scanner = outer
}

// is reports whether the next value is of a kind. It skips any other value.
func (d *decoder) is(wanted jsonscan.Kind) bool {
	if d.Err != nil {
		return false
	}
	if d.Next() == wanted {
		return true
	}
	d.skipOdd()
	return false
}

// skipOdd skips a value of the wrong kind. null is absent, not wrong.
func (d *decoder) skipOdd() {
	if d.Next() != jsonscan.Null {
		d.odd = DriftType
	}
	d.Skip()
}

// object calls field for each member; field must consume the value. It returns false if the value is not an object. It
// notes members of the wrong kind as fields of a type of the schema. Without a type, because the names are keys or the
// caller notes them, it does not.
func (d *decoder) object(of string, field func(name []byte)) bool {
	if !d.is(jsonscan.Object) {
		return false
	}
	d.Enter()
	for first := true; d.More(first, '}'); first = false {
		if name := d.Name(); d.Err == nil {
			field(name)
			if d.odd != "" && of != "" {
				d.settle(fieldName(of, string(name)))
			}
		}
	}
	return true
}

// array calls element for each element; element must consume it. It returns false if the value is not an array. An element
// that is null or of the wrong kind makes the array odd, unless it is a row.
func (d *decoder) array(element func()) bool {
	if !d.is(jsonscan.Array) {
		return false
	}
	d.Enter()
	isOdd := false
	for first := true; d.More(first, ']'); first = false {
		d.elements++
		if d.elements > maxElements {
			d.Fail(errElements)
			break
		}
		if d.memory != nil && d.elements%countedElements == 0 && d.memory.Reserve(countedElements*elementBytes) != nil {
			d.Fail(errNoMemory)
			break
		}
		isNull := d.Next() == jsonscan.Null
		element()
		if (isNull || d.odd != "") && !d.isRow() {
			isOdd, d.odd = true, "" // a member of the next element would settle it
		}
	}
	if isOdd {
		d.odd = DriftElement
	}
	return true
}

// anyText reads a string. It converts numbers and booleans to strings, because IDs and codes have changed between the
// types. ok is false for other kinds.
func (d *decoder) anyText() (value string, ok bool) {
	if d.Err != nil {
		return "", false
	}
	switch d.Next() {
	case jsonscan.String:
		value = tokenText(d.Token())
	case jsonscan.Number:
		value = numberText(unsafeString(d.Number()))
	case jsonscan.Bool:
		value = unsafeString(d.Literal())
	default:
		d.skipOdd()
		return "", false
	}
	return value, d.Err == nil
}

// tokenText returns a decoded string. It replaces invalid UTF-8 by U+FFFD, because the scanner does not check it and
// responses must be valid.
func tokenText(t jsonscan.Token) string {
	if t.ASCII && !t.Escaped {
		return unsafeString(t.Raw)
	}
	return validText(t.Bytes())
}

func validText(raw []byte) string { return strings.ToValidUTF8(unsafeString(raw), "\uFFFD") }

// unsafeString returns a string that shares the memory of raw, because copying the thousands of strings of a history takes
// longer than parsing it. No code may change a document after it was read.
func unsafeString(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	return unsafe.String(&raw[0], len(raw)) //nolint:gosec // see above
}

// numberText removes an empty fraction: 4711 and 4711.0 are the same key.
func numberText(number string) string {
	whole, fraction, found := strings.Cut(number, ".")
	if found && strings.Trim(fraction, "0") == "" {
		return whole
	}
	return number
}

func (d *decoder) string() string {
	value, _ := d.anyText()
	return value
}

// optional returns a pointer to a value that was read, or nil if it is absent or invalid.
func optional[T any](value T, ok bool) *T {
	if !ok {
		return nil
	}
	return &value
}

// bool reads true or false, quoted or not.
func (d *decoder) bool() (value, ok bool) {
	text, ok := d.anyText()
	value, err := strconv.ParseBool(text)
	if ok && err != nil {
		d.odd = DriftType
	}
	return value, ok && err == nil
}

// float reads a number. It returns nil for "NaN" and "Inf", because JSON cannot represent them.
func (d *decoder) float() *float64 {
	text, ok := d.anyText()
	if !ok {
		return nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		d.odd = DriftType
		return nil
	}
	return &value
}

// count reads a nonnegative number, or returns nil if the value is not one.
func (d *decoder) count() *int {
	text, ok := d.anyText()
	if !ok {
		return nil
	}
	value, err := strconv.Atoi(numberText(text))
	if err != nil || value < 0 || value > maxCount {
		d.odd = DriftType
		return nil
	}
	return &value
}

// maxCount is the maximum of a GraphQL Int.
const maxCount = 1<<31 - 1

// time reads a time. ok is false if it is absent or invalid.
func (d *decoder) time() (point time.Time, ok bool) {
	text, isText := d.anyText()
	if point, ok = parseTime(text); isText && !ok {
		d.odd = DriftDate
	}
	return point, ok
}

// timeOrEpoch reads a required time, or returns [Epoch].
func (d *decoder) timeOrEpoch() time.Time {
	if point, ok := d.time(); ok {
		return point
	}
	return Epoch()
}

// require makes the document invalid unless ok, which reports whether its outermost value has the right kind.
func (d *decoder) require(ok bool) {
	if !ok && d.Err == nil {
		d.Err = errShape
	}
}

// required makes the document invalid if object is nil.
func required[T any](d *decoder, object *T) *T {
	d.require(object != nil)
	return object
}

// list reads an array. read returns a value for any element, so that none is missing in the list. list never returns nil,
// because GraphQL lists are non-null.
func list[T any](d *decoder, read func() T) []T {
	values := []T{}
	d.array(func() { values = append(values, read()) })
	return values
}

// perType returns the decoder's state of type S, such as a dedupCache of users. A list is faster than a map, because a
// document needs few types of state.
func perType[S any](d *decoder) *S {
	for _, state := range d.state {
		if state, ok := state.(*S); ok {
			return state
		}
	}
	state := new(S)
	d.state = append(d.state, state)
	return state
}

// rows reads a document that is an array. Elements for which read returns nil are nil, so that the caller can report them.
func rows[T any](d *decoder, read func() *T) []*T {
	values := []*T{}
	d.require(d.array(func() {
		value := read()
		d.settleRow(value != nil, reflect.TypeFor[T]().Name())
		values = append(values, value)
	}))
	return values
}

// The lengths of the first and the longest slab.
const (
	firstSlab = 4
	maxSlab   = 64
)

// slab is a block of structs that alloc returns one by one.
type slab[T any] struct{ structs []T }

// alloc returns a zero T from a slab, because a history has dozens of structs of a type with the same lifetime. Each
// slab is twice as long as the one before.
func alloc[T any](d *decoder) *T {
	slab := perType[slab[T]](d)
	if len(slab.structs) == cap(slab.structs) {
		slab.structs = make([]T, 0, min(max(2*cap(slab.structs), firstSlab), maxSlab))
	}
	slab.structs = slab.structs[:len(slab.structs)+1]
	return &slab.structs[len(slab.structs)-1]
}
