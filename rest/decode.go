package rest

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-faster/jx"
)

// Epoch returns the time that stands for one that the API promises and did not send, or sent in a form that cannot
// be read: 1970-01-01T00:00:00Z.
func Epoch() time.Time { return time.Unix(0, 0).UTC() }

var (
	errTrailing = errors.New("something follows the document")
	errShape    = errors.New("the outermost value is of another kind")
)

// decoder reads one document, forgivingly: each method consumes the next value whatever it is, and returns the zero
// value if the kind does not fit. It stops at the first byte that is not JSON: err is set, and every method does
// nothing from there on.
type decoder struct {
	json    *jx.Decoder
	err     error
	fileURL string
	// users holds each participant that was met by the bytes it was sent as. A conversation's messages repeat the
	// same few people, so most are decoded once.
	users map[string]*User
}

// decode reads a whole document. read sets the decoder's err if the outermost value is of no use.
func decode[T any](body []byte, fileURL string, read func(*decoder) T) (T, error) {
	d := &decoder{json: jx.DecodeBytes(body), fileURL: fileURL, users: map[string]*User{}}
	value := read(d)
	if d.err == nil && !errors.Is(d.json.Skip(), io.EOF) {
		d.err = errTrailing
	}
	return value, d.err
}

// within reads raw, a value that was set aside, with read.
func (d *decoder) within(raw jx.Raw, read func()) {
	outer := d.json
	d.json = jx.DecodeBytes(raw)
	read()
	d.json = outer
}

// is reports whether the next value is of this kind. If it is not, it is consumed.
func (d *decoder) is(kind jx.Type) bool {
	if d.err != nil {
		return false
	}
	if d.json.Next() == kind {
		return true
	}
	d.skip()
	return false
}

func (d *decoder) skip() {
	if d.err == nil {
		d.err = d.json.Skip()
	}
}

// raw sets the next value aside.
func (d *decoder) raw() jx.Raw {
	if d.err != nil {
		return nil
	}
	raw, err := d.json.Raw()
	d.err = err
	return raw
}

// object calls field for each member; field must consume its value. It returns false if there is no object.
func (d *decoder) object(field func(name []byte)) bool {
	if !d.is(jx.Object) {
		return false
	}
	members, err := d.json.ObjIter()
	for d.err = err; d.err == nil && members.Next(); {
		field(members.Key())
	}
	if d.err == nil {
		d.err = members.Err()
	}
	return true
}

// array calls element for each element; element must consume it. It returns false if there is no array.
func (d *decoder) array(element func()) bool {
	if !d.is(jx.Array) {
		return false
	}
	elements, err := d.json.ArrIter()
	for d.err = err; d.err == nil && elements.Next(); {
		element()
	}
	if d.err == nil {
		d.err = elements.Err()
	}
	return true
}

// text reads a string. A number or a boolean becomes its text, because ids and codes have changed between the two.
// ok is false for anything else.
func (d *decoder) text() (text string, ok bool) {
	if d.err != nil {
		return "", false
	}
	switch d.json.Next() {
	case jx.String:
		var raw []byte
		raw, d.err = d.json.StrBytes()
		return validText(raw), d.err == nil
	case jx.Number:
		return numberText(string(d.raw())), d.err == nil
	case jx.Bool:
		return string(d.raw()), d.err == nil
	default:
		d.skip()
		return "", false
	}
}

// validText copies bytes that JSON leaves unchecked: what is not UTF-8 would break the answer to the client.
func validText(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	return strings.ToValidUTF8(string(raw), "\uFFFD")
}

// numberText takes the empty fraction off: 4711 and 4711.0 are one key.
func numberText(number string) string {
	whole, fraction, found := strings.Cut(number, ".")
	if found && strings.Trim(fraction, "0") == "" {
		return whole
	}
	return number
}

func (d *decoder) str() string {
	text, _ := d.text()
	return text
}

func (d *decoder) optionalStr() *string {
	if text, ok := d.text(); ok {
		return &text
	}
	return nil
}

// boolean reads true or false, as such or in quotes.
func (d *decoder) boolean() *bool {
	value, err := strconv.ParseBool(d.str())
	if err != nil {
		return nil
	}
	return &value
}

// float reads a number. "NaN" and "Inf" are none: the answer to the client, which is JSON too, could not hold them.
func (d *decoder) float() *float64 {
	value, err := strconv.ParseFloat(d.str(), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return nil
	}
	return &value
}

// time reads a point in time, nil if there is none that can be read.
func (d *decoder) time() *time.Time {
	if point, ok := parseTime(d.str()); ok {
		return &point
	}
	return nil
}

// timeOrEpoch reads a point in time that the API promises to send.
func (d *decoder) timeOrEpoch() time.Time {
	if point, ok := parseTime(d.str()); ok {
		return point
	}
	return Epoch()
}

// maxUnixSeconds separates seconds from milliseconds since 1970: it is the year 5138 in the one, 1973 in the other.
const maxUnixSeconds = 100_000_000_000

// parseTime reads RFC 3339, the same without a zone (taken as UTC) or with a blank for the T, a date alone, and
// seconds or milliseconds since 1970. The result is in UTC and has a year of four digits.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", time.DateTime, time.DateOnly} {
		if point, err := time.Parse(layout, text); err == nil {
			return fourDigitYear(point.UTC())
		}
	}
	number, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, false
	case number < maxUnixSeconds:
		return fourDigitYear(time.Unix(number, 0).UTC())
	default:
		return fourDigitYear(time.UnixMilli(number).UTC())
	}
}

func fourDigitYear(point time.Time) (time.Time, bool) {
	return point, point.Year() >= 1 && point.Year() <= 9999
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
