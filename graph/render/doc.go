// Package render renders answers without the executor, where that needs no decisions.
//
// The executor collects the selections of every object anew, gives every field a context and every list element a
// goroutine. For a resolver that is its price; for plain data, which is nearly all of an answer, it is most of the
// cost. So when a resolver has returned, the renderer writes its result straight into a buffer, by a plan that was
// compiled from the selection set once and is kept with the document.
//
// A query whose root fields all have plans needs no executor at all: its root is an object like any other, whose fields
// have resolvers, and its answer is written in one piece.
//
// There is one door: [PlanCache], which is asked for the plan of an operation or, by the executor's field middleware, of a
// field. What the plan looks like inside is known to this package and to the writers in graph/generated/render.go alone,
// which graph/render/gen makes from the schema and its bindings.
//
// Fields that have a resolver of their own, anywhere below, are left to the executor: the writer leaves a hole, and when
// all else is written the resolvers are called and their answers put there. They are called one after another, unless
// there is something to wait for below them, too. So whatever a resolver waits for has to be started before its parent is
// resolved: graph/resolvers/prefetch.go does that. Whatever the writers do not expect, such as a null where there can be
// none, makes them give up before anything has happened, and the executor renders the result as if they did not exist.
//
// Objects that are only referred to, and of which more is asked for, leave a place, too. When all else is written, what
// the result refers to is known, and is fetched in as few calls as possible; then what that refers to, and so on.
package render
