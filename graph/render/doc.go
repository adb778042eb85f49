// Package render renders the results of resolvers from compiled plans, in place of gqlgen's executor.
//
// The executor collects the selections of each object again, creates a context for each field and starts a goroutine
// for each list element. A field with a resolver needs that. For plain data, which is nearly all of a response, it is
// most of the cost. So the renderer writes the result of a resolver into a buffer. It compiles the plan for that once
// from the selection set and stores it with the document.
//
// [Executor] is the entry point, both for operations and as a field middleware. A query whose root fields all have plans
// does not use gqlgen's executor: its root is rendered like any other object. [PlanCache] holds the plans of a document.
// Only this package and the writers in graph/generated/render.go know what is in a plan. Command graph/render/gen
// generates the writers from the schema and gqlgen's bindings.
//
// A field with a resolver below the result is deferred: the [Writer] records its position, calls the resolver after
// everything else is written, and then inserts its value. Resolvers run one after another unless their values have to
// wait for further calls. So a call that a resolver waits for must be started before its parent is resolved:
// graph/resolvers/prefetch.go does that. If a writer finds something unexpected, such as null for a non-null field, it
// returns false before any resolver was called, and gqlgen's executor renders the result instead.
//
// References to objects whose other fields are selected are deferred as well. After everything else is written, all
// references in the result are known, and are fetched in as few calls as possible; then the references in these objects,
// and so on.
package render
