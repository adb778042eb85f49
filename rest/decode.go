package rest

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"mstudio-graphql/internal/jsonscan"
)

// Epoch returns the time that stands for one that the API promises and did not send, or sent in a form that cannot
// be read: 1970-01-01T00:00:00Z.
func Epoch() time.Time { return time.Unix(0, 0).UTC() }

var (
	errTrailing = errors.New("something follows the document")
	errShape    = errors.New("the outermost value is of another kind")
	errElements = errors.New("the arrays have too many elements")
)

// maxElements is how many elements the arrays of one document may have together. Each becomes an object in memory,
// whatever it is, so a document of zeros would take a hundred times its size. Of real ones, maxBody holds fewer.
const maxElements = 100_000

// decoder reads one document, forgivingly: each method consumes the next value whatever it is, and returns the zero
// value if the kind does not fit. It stops at the first byte that is not JSON: err is set, and every method does
// nothing from there on.
type decoder struct {
	jsonscan.Scanner
	fileURL   string
	elements  int
	state     []any // see perType
	onUnknown func(place, value string)
}

// decode reads a whole document. read sets the decoder's err if the outermost value is of no use.
func decode[T any](body []byte, fileURL string, read func(*decoder) T) (T, error) {
	d := &decoder{Scanner: jsonscan.Scanner{Data: body}, fileURL: fileURL}
	value := read(d)
	if d.Err == nil && d.Peek() != 0 || d.At < len(d.Data) {
		d.Fail(errTrailing)
	}
	return value, d.Err
}

// within reads raw, a value that was set aside, with read. A mistake that was made before stays: what is set aside is
// read when the object around it has been, whole or not.
func (d *decoder) within(raw []byte, read func()) {
	outer := d.Scanner
	d.Scanner = jsonscan.Scanner{Data: raw, Depth: outer.Depth, Err: outer.Err}
	read()
	outer.Err = d.Err
	d.Scanner = outer
}

// is reports whether the next value is of this kind. If it is not, it is consumed.
func (d *decoder) is(wanted jsonscan.Kind) bool {
	if d.Err != nil {
		return false
	}
	if d.Next() == wanted {
		return true
	}
	d.Skip()
	return false
}

// object calls field for each member; field must consume its value. It returns false if there is no object.
func (d *decoder) object(field func(name []byte)) bool {
	if !d.is(jsonscan.Object) {
		return false
	}
	d.Enter()
	for first := true; d.More(first, '}'); first = false {
		if name := d.Name(); d.Err == nil {
			field(name)
		}
	}
	return true
}

// array calls element for each element; element must consume it. It returns false if there is no array.
func (d *decoder) array(element func()) bool {
	if !d.is(jsonscan.Array) {
		return false
	}
	d.Enter()
	for first := true; d.More(first, ']'); first = false {
		d.elements++
		if d.elements > maxElements {
			d.Fail(errElements)
			break
		}
		element()
	}
	return true
}

// anyText reads a string. A number or a boolean becomes its text, because ids and codes have changed between the two.
// ok is false for anything else.
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
		d.Skip()
		return "", false
	}
	return value, d.Err == nil
}

// tokenText returns the decoded string with U+FFFD in place of invalid UTF-8, which the scanner accepts but which would
// make the gateway's response invalid.
func tokenText(t jsonscan.Token) string {
	if t.ASCII && !t.Escaped {
		return unsafeString(t.Raw)
	}
	return validText(t.Bytes())
}

func validText(raw []byte) string {
	if whole := unsafeString(raw); utf8.ValidString(whole) {
		return whole
	}
	return strings.ToValidUTF8(unsafeString(raw), "\uFFFD")
}

// unsafeString makes a string of bytes without copying them: copying each of a history's thousands of strings costs more than
// all of the parsing. It holds as long as nobody writes to a document that has been read, and nobody does.
func unsafeString(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	return unsafe.String(&raw[0], len(raw)) //nolint:gosec // see above
}

// numberText takes the empty fraction off: 4711 and 4711.0 are one key.
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

func (d *decoder) optionalString() *string {
	if value, ok := d.anyText(); ok {
		return &value
	}
	return nil
}

// bool reads true or false, as such or in quotes.
func (d *decoder) bool() (value, ok bool) {
	value, err := strconv.ParseBool(d.string())
	return value, err == nil
}

// optionalBool is bool for a value that may be absent.
func (d *decoder) optionalBool() *bool {
	if value, ok := d.bool(); ok {
		return &value
	}
	return nil
}

// float reads a number. It returns nil for "NaN" and "Inf", because the gateway's response is JSON, which has neither.
func (d *decoder) float() *float64 {
	value, err := strconv.ParseFloat(d.string(), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return nil
	}
	return &value
}

// time reads a point in time, nil if there is none that can be read.
func (d *decoder) time() *time.Time {
	if point, ok := parseTime(d.string()); ok {
		return &point
	}
	return nil
}

// timeOrEpoch reads a point in time that the API promises to send.
func (d *decoder) timeOrEpoch() time.Time {
	if point, ok := parseTime(d.string()); ok {
		return point
	}
	return Epoch()
}

// require makes the document an error unless ok, which is whether its outermost value is of the right kind.
func (d *decoder) require(ok bool) {
	if !ok && d.Err == nil {
		d.Err = errShape
	}
}

// required is require for an object that was read as nil.
func required[T any](d *decoder, object *T) *T {
	d.require(object != nil)
	return object
}

// orNil returns value if ok, and nil otherwise.
func orNil[T any](value *T, ok bool) *T {
	if !ok {
		return nil
	}
	return value
}

// list reads an array of objects and the like; what read refuses is left out. It is never nil, because a GraphQL
// list that cannot be null is made from it.
func list[T any](d *decoder, read func() (T, bool)) []T {
	values := []T{}
	d.array(func() {
		if value, ok := read(); ok {
			values = append(values, value)
		}
	})
	return values
}

// perType returns the decoder's state of type S, such as a dedupCache of users. A document needs few types of state, so
// a list is faster than a map.
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

// rows reads a document that is an array of objects. It leaves out elements that are not objects.
func rows[T any](d *decoder, read func() *T) []*T {
	values := []*T{}
	d.require(d.array(func() {
		if value := read(); value != nil {
			values = append(values, value)
		}
	}))
	return values
}

// The lengths of the first and of the longest slab.
const (
	firstSlab = 4
	maxSlab   = 64
)

// slab is a block of structs that alloc hands out one by one.
type slab[T any] struct{ structs []T }

// alloc returns a zero T from a slab: a history has dozens of structs of one type that live and die together. Each slab
// is twice as long as the one before.
func alloc[T any](d *decoder) *T {
	slab := perType[slab[T]](d)
	if len(slab.structs) == cap(slab.structs) {
		slab.structs = make([]T, 0, min(max(2*cap(slab.structs), firstSlab), maxSlab))
	}
	slab.structs = slab.structs[:len(slab.structs)+1]
	return &slab.structs[len(slab.structs)-1]
}
