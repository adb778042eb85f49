package model

// Entity is an object that other subgraphs can extend: a pointer to a type of the union _Entity.
type Entity any

// Service is what a router reads from a subgraph about itself.
type Service struct {
	// SDL is the schema to compose with other subgraphs.
	SDL string
}
