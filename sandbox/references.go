package sandbox

// reference names an object elsewhere in mStudio by domain, type and ID.
type reference struct {
	ID        string `json:"id"`
	Aggregate string `json:"aggregate"`
	Domain    string `json:"domain"`
}
