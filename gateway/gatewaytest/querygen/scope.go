package querygen

import "slices"

// scope is what response keys stand for at one place of an answer. Fields that end up at the same place must be
// mergeable, from wherever they come: selections may be repeated under one key, so every selection set that is for the
// same place shares its scope.
type scope map[string]*entry

type entry struct {
	// shape is the type of the value, which is the same whatever the object is.
	shape string
	// meanings are what the key stands for in objects of different types.
	meanings []meaning
	below    scope
}

// meaning is a field with its arguments, as one type of parent has it.
type meaning struct {
	parent string
	object bool // whether the parent is an object type: two different ones never meet
	name   string
	call   string // the name with the arguments
	uses   []*variable
}

func (m meaning) compatible(other meaning) bool {
	return m.call == other.call || m.object && other.object && m.parent != other.parent
}

// accepts reports whether a field can be selected under the key.
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

// add notes a field under a key that accepts it, and returns the scope of what is below.
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

// acceptsAll reports whether everything that stands in another scope can be selected here, too.
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

// addAll notes everything that stands in another scope.
func (s scope) addAll(other scope) {
	for key, theirs := range other {
		below := scope{}
		for _, as := range theirs.meanings {
			below = s.add(key, theirs.shape, as)
		}
		below.addAll(theirs.below)
	}
}
