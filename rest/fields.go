package rest

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// layout describes how objects are read into structs of one type.
type layout struct {
	fields map[string]field // by the names of members
	empty  reflect.Value    // a struct whose slices are empty instead of nil, because GraphQL lists are non-null
}

// field is a field of a struct that a member of an object is read into.
type field struct {
	index int
	place string // the field in the GraphQL schema, such as "Project.status"
	file  bool   // whether the member is the ID of a file and the field its address
}

// layouts holds the result of layoutOf for each type.
var layouts sync.Map //nolint:gochecknoglobals // a cache of types is shared by nature

// layoutOf returns the layout of a type. A field is read if it has an api tag: the name of a member, which ",file" may
// follow.
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
		l.fields[name] = field{f.Index[0], t.Name() + "." + strings.ToLower(f.Name[:1]) + f.Name[1:], option == "file"}
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
	return d.object(func(name []byte) {
		if f, ok := l.fields[string(name)]; ok {
			d.field(f, target.Field(f.index))
		} else {
			d.Skip()
		}
	})
}

// field reads a value in the way of the field's type.
func (d *decoder) field(f field, target reflect.Value) {
	switch to := target.Addr().Interface().(type) {
	case *Ref:
		to.ID = d.string()
	case *Reference:
		*to = d.referenceAt(f.place)
	case *string:
		*to = d.string()
	case **string:
		if f.file {
			*to = d.fileAddress()
		} else {
			*to = d.optionalString()
		}
	case **bool:
		*to = d.optionalBool()
	case **int:
		*to = d.count()
	case **float64:
		*to = d.float()
	case **time.Time:
		*to = d.time()
	case *time.Time:
		if point := d.time(); point != nil {
			*to = *point
		}
	case *[]*PreferredUser:
		*to = d.categoryUserPairs()
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
			if d.compound(f, element) {
				target.Set(reflect.Append(target, element))
			}
		})
	default:
		panic(fmt.Sprintf("rest: %s has type %s", f.place, target.Type()))
	}
}
