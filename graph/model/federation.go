package model

// Entity is an object that other subgraphs can add fields to: a pointer to one of the types of the union _Entity.
type Entity any

// Service is what a router asks a subgraph about itself.
type Service struct {
	// SDL is the schema to compose with others.
	SDL string
}
