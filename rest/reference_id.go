package rest

// ReferenceID returns the ID of the referenced object, as mStudio sent it.
func ReferenceID(to Reference) string {
	switch to := to.(type) {
	case Entity:
		return to.EntityID()
	case *UnknownReference:
		return to.ID
	}
	return ""
}
