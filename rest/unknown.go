package rest

// enumType is the type of an enum that mStudio fills. Its method isKnown is generated from the constants of the type.
type enumType interface {
	~string
	knowable
}

type knowable interface{ isKnown() bool }

// enum reads a value of an enum and reports it if it is unknown. An absent value is "".
func enum[T enumType](d *decoder, place string) T {
	text, ok := d.anyText()
	if ok {
		reportUnknown(d, place, T(text))
	}
	return T(text)
}

// enums reads a list of values of an enum and reports unknown ones. An element that is not a text is "", which clients see
// as UNKNOWN.
func enums[T enumType](d *decoder, place string) []T {
	return list(d, func() T { return enum[T](d, place) })
}

func reportUnknown[T enumType](d *decoder, place string, value T) {
	if !value.isKnown() {
		d.noteValue(DriftValue, place, string(value))
	}
}

// rawOf returns an enum's value as mStudio spells it, nil for "".
func rawOf[T ~string](value T) *string {
	if value == "" {
		return nil
	}
	raw := string(value)
	return &raw
}

// rawList returns values of an enum as mStudio spells them.
func rawList[T ~string](values []T) []string {
	raw := make([]string, len(values))
	for i, value := range values {
		raw[i] = string(value)
	}
	return raw
}
