package querygen

import "slices"

// scope holds the meaning of response keys at one position of the response. Fields at the same position must be
// mergeable, so all selection sets for a position share its scope.
type scope map[string]*entry

type entry struct {
	// shape is the type of the value, for objects of all types.
	shape string
	// meanings holds the field behind the key, for each type of object.
	meanings []meaning
	below    scope
}

// meaning is a field with its arguments on one parent type.
type meaning struct {
	parent string
	object bool // whether the parent is an object type; two object types never overlap
	name   string
	call   string // the name with the arguments
	uses   []*variable
}

func (m meaning) compatible(other meaning) bool {
	return m.call == other.call || m.object && other.object && m.parent != other.parent
}

// accepts reports whether a field may be selected under the key.
func (s scope) accepts(key, shape string, as meaning) bool {
	found, taken := s[key]
	if !taken {
		return true
	}
	if found.shape != shape {
		return false
	}
	for _, other := range found.meanings {
		if !as.compatible(other) {
			return false
		}
	}
	return true
}

// add adds a field under a key that accepts it, and returns the scope below the field.
func (s scope) add(key, shape string, as meaning) scope {
	found, taken := s[key]
	if !taken {
		found = &entry{shape: shape, below: scope{}}
		s[key] = found
	}
	known := func(other meaning) bool { return other.parent == as.parent && other.call == as.call }
	if !slices.ContainsFunc(found.meanings, known) {
		found.meanings = append(found.meanings, as)
	}
	return found.below
}

// acceptsAll reports whether all fields of another scope may also be selected here.
func (s scope) acceptsAll(other scope) bool {
	for key, theirs := range other {
		for _, as := range theirs.meanings {
			if !s.accepts(key, theirs.shape, as) {
				return false
			}
		}
		if ours, taken := s[key]; taken && !ours.below.acceptsAll(theirs.below) {
			return false
		}
	}
	return true
}

// addAll adds all fields of another scope.
func (s scope) addAll(other scope) {
	for key, theirs := range other {
		below := scope{}
		for _, as := range theirs.meanings {
			below = s.add(key, theirs.shape, as)
		}
		below.addAll(theirs.below)
	}
}
