package limits

import "github.com/vektah/gqlparser/v2/ast"

// dedupe merges equal fields of each selection set and replaces inline fragments without a condition by their fields.
// The executor does the same, and validation would compare each field with every other.
func dedupe(document *ast.QueryDocument) {
	for _, operation := range document.Operations {
		operation.SelectionSet = dedupeSet(operation.SelectionSet)
	}
	for _, fragment := range document.Fragments {
		fragment.SelectionSet = dedupeSet(fragment.SelectionSet)
	}
}

func dedupeSet(set ast.SelectionSet) ast.SelectionSet {
	d := deduper{fields: map[fieldKey]keptField{}, scopes: map[scope]int{}, names: map[scope]int{}}
	kept := d.unique(nil, set, 0)
	dedupeBelow(kept)
	return kept
}

func dedupeBelow(kept ast.SelectionSet) {
	for _, selection := range kept {
		switch selection := selection.(type) {
		case *ast.Field:
			selection.SelectionSet = dedupeSet(selection.SelectionSet)
		case *ast.InlineFragment:
			if len(selection.Directives) > 0 {
				selection.SelectionSet = dedupeSet(selection.SelectionSet)
			} else {
				dedupeBelow(selection.SelectionSet)
			}
		}
	}
}

// maxConflicts is the number of fields of a scope that may share a response name and differ. They make a document invalid,
// and validation would describe each pair of them.
const maxConflicts = 5

// maxSections is the maximum number of sections of a selection set. In a set with more, the order of members in the
// response may differ from the specification's. More sections would make validation expensive.
const maxSections = 20

// deduper holds the fields of one object without directives.
type deduper struct {
	fields map[fieldKey]keptField
	scopes map[scope]int // numbers of the inline fragments' scopes
	names  map[scope]int // how many different fields have a response name

	// section counts the places before which a field with selections must not be merged: a selection there may add to the
	// same object, so merging across it would change the order of the object's members.
	section int
	last    int // the scope of the last field with selections
}

// fieldKey identifies equal fields. A field with selections differs from one without: at most one of them is valid.
type fieldKey struct {
	name          scope // the response name
	call          string
	hasSelections bool
}

type keptField struct {
	*ast.Field
	section int
}

func (d *deduper) startSection() { d.section = min(d.section+1, maxSections) }

// scope identifies a name within a scope. Fields of the same type conditions have the same scope.
type scope struct {
	number int
	name   string
}

// inner returns the number of the scope of a type condition in another.
func (d *deduper) inner(number int, condition string) int {
	key := scope{number, condition}
	if d.scopes[key] == 0 {
		d.scopes[key] = len(d.scopes) + 1
	}
	return d.scopes[key]
}

// unique appends the selections of a set, without those that equal an earlier one of the scope with this number.
func (d *deduper) unique(kept, set ast.SelectionSet, number int) ast.SelectionSet {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if d.merge(selection, number) {
				continue
			}
		case *ast.InlineFragment:
			if len(selection.Directives) > 0 {
				break
			}
			if selection.TypeCondition == "" {
				kept = d.unique(kept, selection.SelectionSet, number)
				continue
			}
			selection.SelectionSet = d.unique(nil, selection.SelectionSet, d.inner(number, selection.TypeCondition))
			if len(selection.SelectionSet) == 0 {
				continue
			}
		}
		kept = append(kept, selection)
		if mayAddToObjects(selection) {
			d.startSection()
		}
	}
	return kept
}

// mayAddToObjects reports whether a selection that is not merged may add members to the object of a field.
func mayAddToObjects(selection ast.Selection) bool {
	switch selection := selection.(type) {
	case *ast.Field:
		return len(selection.Directives) > 0 && len(selection.SelectionSet) > 0
	case *ast.InlineFragment:
		return len(selection.Directives) > 0 // the fields of others are merged, each in its scope
	default:
		return true
	}
}

// merge adds the selections of a field to an equal field before it, if there is one. It reports whether to remove the field.
func (d *deduper) merge(field *ast.Field, number int) bool {
	if len(field.Directives) > 0 {
		return false
	}
	hasSelections := len(field.SelectionSet) > 0
	if hasSelections && number != d.last {
		d.startSection()
		d.last = number
	}
	key := fieldKey{scope{number, field.Alias}, callKey(field), hasSelections}
	first, found := d.fields[key]
	if found && (!hasSelections || first.section == d.section) {
		first.SelectionSet = append(first.SelectionSet, field.SelectionSet...)
		return true
	}
	d.fields[key] = keptField{field, d.section}
	if found {
		return false
	}
	d.names[key.name]++
	return d.names[key.name] > maxConflicts
}
