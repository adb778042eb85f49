package rest

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"mstudio-graphql/internal/jsonscan"
)

// layout describes how objects are read into structs of one type.
type layout struct {
	fields   map[string]field // by the names of members
	required uint64           // the bits of the required ones
	empty    reflect.Value    // a struct whose slices are empty instead of nil, because GraphQL lists are non-null
}

// field is a field of a struct that a member of an object is read into.
type field struct {
	index int
	bit   uint64
	place string // the field in the GraphQL schema, such as "Project.status"
	file  bool   // whether the member is the ID of a file and the field its address
}

// layouts holds the result of layoutOf for each type.
var layouts sync.Map //nolint:gochecknoglobals // a cache of types is shared by nature

// layoutOf returns the layout of a type. A field is read if it has an api tag: the name of a member, and possibly
// an option: ",file", or ",required" if mStudio documents it as required.
func layoutOf(t reflect.Type) *layout {
	if cached, ok := layouts.Load(t); ok {
		return cached.(*layout) //nolint:errcheck,forcetypeassert // it holds nothing else
	}
	l := &layout{fields: map[string]field{}, empty: reflect.New(t).Elem()}
	for f, value := range l.empty.Fields() {
		name, option, _ := strings.Cut(f.Tag.Get("api"), ",")
		if name == "" {
			continue
		}
		bit := uint64(1) << len(l.fields)
		if option == "required" || f.Type == reflect.TypeFor[Ref]() {
			l.required |= bit
		}
		l.fields[name] = field{f.Index[0], bit, schemaType(t) + "." + schemaField(f, name), option == "file"}
		switch value.Kind() { //nolint:exhaustive // the others hold no slices
		case reflect.Slice:
			value.Set(reflect.MakeSlice(f.Type, 0, 0))
		case reflect.Struct:
			value.Set(layoutOf(f.Type).empty)
		}
	}
	layouts.Store(t, l)
	return l
}

// object reads an object into a new struct with api tags, or returns nil if the value is not an object. The types that a
// response has by the hundred are read by functions of their own, which are faster.
func object[T any](d *decoder) *T {
	target := new(T)
	if !d.fields(reflect.ValueOf(target).Elem()) {
		return nil
	}
	return target
}

// fields reads an object into a struct. It returns false if the value is not an object.
func (d *decoder) fields(target reflect.Value) bool {
	l := layoutOf(target.Type())
	target.Set(l.empty)
	custom, isCustom := reflect.TypeAssert[memberReader](target.Addr())
	var sent uint64
	ok := d.object("", func(name []byte) {
		f, ok := l.fields[string(name)]
		if !ok {
			d.Skip()
			return
		}
		if d.Next() != jsonscan.Null {
			sent |= f.bit
		}
		if !isCustom || !custom.readMember(d, string(name), f.place) {
			d.field(f, target.Field(f.index))
		}
		d.settle(f.place)
	})
	if missing := l.required &^ sent; ok && missing != 0 {
		d.missingFields(l, missing)
	}
	return ok
}

// missingFields notes required members by their bits.
func (d *decoder) missingFields(l *layout, missing uint64) {
	for _, name := range slices.Sorted(maps.Keys(l.fields)) {
		if f := l.fields[name]; f.bit&missing != 0 {
			d.note(DriftMissing, f.place)
		}
	}
}

// schemaType returns the type in the GraphQL schema that has the fields of a struct.
func schemaType(t reflect.Type) string {
	if part, ok := reflect.TypeAssert[schemaPart](reflect.Zero(t)); ok {
		return part.schemaType()
	}
	return t.Name()
}

// schemaPart is a struct whose fields belong to a type of another name in the GraphQL schema.
type schemaPart interface{ schemaType() string }

// memberReader is a struct that reads some members itself. readMember returns false for all others.
type memberReader interface {
	readMember(d *decoder, name, place string) bool
}

// schemaField returns the name of a field in the GraphQL schema. An embedded struct is not a field there.
func schemaField(f reflect.StructField, member string) string {
	switch {
	case f.Type == reflect.TypeFor[Ref]():
		return "id"
	case f.Anonymous:
		return member
	}
	capitals := len(f.Name) - len(strings.TrimLeftFunc(f.Name, unicode.IsUpper))
	if capitals > 1 && capitals < len(f.Name) {
		capitals--
	}
	name := strings.ToLower(f.Name[:capitals]) + f.Name[capitals:]
	return strings.NewReplacer("URL", "Url", "ID", "Id").Replace(name)
}

// field reads a value in the way of the field's type.
func (d *decoder) field(f field, target reflect.Value) {
	switch to := target.Addr().Interface().(type) {
	case *Ref:
		to.ID = d.id()
	case *string:
		*to = d.string()
	case **string:
		if f.file {
			*to = d.fileAddress()
		} else {
			*to = optional(d.anyText())
		}
	case **bool:
		*to = optional(d.bool())
	case **int:
		*to = d.count()
	case **float64:
		*to = d.float()
	case **time.Time:
		*to = optional(d.time())
	case *time.Time:
		if point, ok := d.time(); ok {
			*to = point
		}
	case **Secret:
		*to = d.secret()
	case *FileToken:
		*to, _ = NewFileToken(d.string())
	default:
		d.compound(f, target)
	}
}

// compound reads a value into an enum, a struct, a pointer to a struct, or a slice of these. It returns false, and leaves
// the field empty, if the kind of the value does not fit.
func (d *decoder) compound(f field, target reflect.Value) (ok bool) {
	switch target.Kind() {
	case reflect.String:
		text, ok := d.anyText()
		target.SetString(text)
		if value, isEnum := reflect.TypeAssert[knowable](target); ok && isEnum && !value.isKnown() {
			d.noteValue(DriftValue, f.place, text)
		}
		return ok
	case reflect.Struct:
		return d.fields(target)
	case reflect.Pointer:
		target.SetZero()
		to := reflect.New(target.Type().Elem())
		if ok = d.fields(to.Elem()); ok {
			target.Set(to)
		}
		return ok
	case reflect.Slice:
		target.SetLen(0)
		return d.array(func() {
			element := reflect.New(target.Type().Elem()).Elem()
			if !d.compound(f, element) {
				setEmpty(element)
			}
			target.Set(reflect.Append(target, element))
		})
	default:
		panic(fmt.Sprintf("rest: %s has type %s", f.place, target.Type()))
	}
}

// setEmpty makes an element that cannot be read an object without members, so that no element of a list is missing.
func setEmpty(element reflect.Value) {
	if element.Kind() == reflect.Pointer {
		element.Set(reflect.New(element.Type().Elem()))
		element.Elem().Set(layoutOf(element.Type().Elem()).empty)
	}
}

// fileAddress reads a file's ID and returns its address; nil without an ID.
func (d *decoder) fileAddress() *string {
	id := d.string()
	if id == "." || id == ".." {
		d.odd = DriftType // it would lead to another path
		return nil
	}
	if id == "" {
		return nil
	}
	address := d.fileURL + url.PathEscape(id)
	return &address
}
