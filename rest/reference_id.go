package rest

// ReferenceID returns the id of what is pointed to, as the API sends it.
func ReferenceID(to Reference) string {
	switch to := to.(type) {
	case Entity:
		return to.EntityID()
	case *AggregateReference:
		return to.ID
	case *UnknownReference:
		return to.ID
	}
	return ""
}
