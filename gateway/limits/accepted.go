package limits

import (
	"encoding/json"
	"hash/maphash"
	"maps"
	"slices"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxAccepted is the maximum number of remembered operations of a document, with different variables.
const maxAccepted = 16

// AcceptedBytes is the approximate maximum memory of an Accepted in bytes.
const AcceptedBytes = 1000

// Accepted remembers with which variables the operations of one document were within the limits, so that their cost is not
// estimated again. The zero value is empty. It stores hashes of variables, no values, and is safe for concurrent use.
type Accepted struct {
	mu     sync.Mutex // not held while variables are hashed, which may be long
	basis  basis
	hashes map[uint64]bool
}

// basis lists the variables that the cost of a document's operations depends on, as far as is known. It is not modified.
type basis struct {
	seed maphash.Seed
	read []string // variables, in order
}

// CheckCost returns an error if the estimated cost of an operation of the document exceeds a limit. variables are coerced values.
func (a *Accepted) CheckCost(checker *Checker, document *ast.QueryDocument, operation *ast.OperationDefinition, variables map[string]any) *ExceededError {
	if a.has(operation, variables) {
		return nil
	}
	e := checker.estimator(document, variables)
	exceeded := checkCost(e, operation)
	if exceeded == nil {
		a.add(operation, variables, e.read)
	}
	return exceeded
}

func (a *Accepted) has(operation *ast.OperationDefinition, variables map[string]any) bool {
	basis, isEmpty := a.current()
	if isEmpty {
		return false
	}
	hash, ok := basis.hash(operation, variables)
	a.mu.Lock()
	defer a.mu.Unlock()
	return ok && a.hashes[hash]
}

func (a *Accepted) current() (current basis, isEmpty bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.basis, len(a.hashes) == 0
}

// add remembers an operation whose estimate depends on the variables that it has read.
func (a *Accepted) add(operation *ast.OperationDefinition, variables map[string]any, read map[string]bool) {
	basis := a.extend(read)
	hash, ok := basis.hash(operation, variables)
	a.mu.Lock()
	defer a.mu.Unlock()
	if !ok || len(a.basis.read) != len(basis.read) { // another operation has extended it
		return
	}
	if len(a.hashes) >= maxAccepted {
		clear(a.hashes)
	}
	a.hashes[hash] = true
}

// extend adds variables to the basis and returns it. It removes the hashes that do not include them.
func (a *Accepted) extend(read map[string]bool) basis {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.hashes == nil {
		a.basis.seed, a.hashes = maphash.MakeSeed(), map[uint64]bool{}
	}
	for name := range read {
		if at, known := slices.BinarySearch(a.basis.read, name); !known {
			a.basis.read = slices.Insert(slices.Clone(a.basis.read), at, name)
			clear(a.hashes)
		}
	}
	return a.basis
}

// hash returns a hash of everything that the cost of an operation depends on. It reports false for variables that it cannot
// hash, such as files.
func (b basis) hash(operation *ast.OperationDefinition, variables map[string]any) (sum uint64, ok bool) {
	var hash maphash.Hash
	hash.SetSeed(b.seed)
	maphash.WriteComparable(&hash, operation.Name)
	for _, name := range b.read {
		value, given := variables[name]
		maphash.WriteComparable(&hash, given)
		if !writeValue(&hash, value) {
			return 0, false
		}
	}
	return hash.Sum64(), true
}

func writeValue(hash *maphash.Hash, value any) bool {
	switch value := value.(type) {
	case nil, bool, string, int, int64, float64, json.Number:
		maphash.WriteComparable(hash, value)
		return true
	case []any:
		maphash.WriteComparable(hash, len(value))
		return !slices.ContainsFunc(value, func(element any) bool { return !writeValue(hash, element) })
	case map[string]any:
		maphash.WriteComparable(hash, len(value))
		return !slices.ContainsFunc(slices.Sorted(maps.Keys(value)), func(name string) bool {
			maphash.WriteComparable(hash, name)
			return !writeValue(hash, value[name])
		})
	}
	return false
}
