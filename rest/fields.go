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
	return orNil(target, d.fields(reflect.ValueOf(target).Elem()))
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
		if ref, ok := d.reference(); ok {
			*to = d.resolve(f.place, ref)
		}
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
		*to, _ = parseTime(d.string())
	case **Secret:
		*to = d.secret()
	case *FileToken:
		*to, _ = NewFileToken(d.string())
	default:
		d.compound(f, target)
	}
}

// compound reads a value into an enum, a struct, a pointer to a struct, or a slice of such pointers.
func (d *decoder) compound(f field, target reflect.Value) {
	switch target.Kind() {
	case reflect.String:
		target.SetString(d.string())
		if value, ok := reflect.TypeAssert[knowable](target); ok && target.Len() > 0 && !value.isKnown() {
			d.report(f.place, target.String())
		}
	case reflect.Struct:
		d.fields(target)
	case reflect.Pointer:
		target.SetZero()
		if to := reflect.New(target.Type().Elem()); d.fields(to.Elem()) {
			target.Set(to)
		}
	case reflect.Slice:
		target.SetLen(0)
		d.array(func() {
			if to := reflect.New(target.Type().Elem().Elem()); d.fields(to.Elem()) {
				target.Set(reflect.Append(target, to))
			}
		})
	default:
		panic(fmt.Sprintf("rest: %s has type %s", f.place, target.Type()))
	}
}
