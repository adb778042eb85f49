package rest

// ReferenceID returns the id of what is pointed to, as the API sends it.
func ReferenceID(to Reference) string {
	switch to := to.(type) {
	case *User:
		return to.ID
	case *Customer:
		return to.ID
	case *Project:
		return to.ID
	case *AppInstallation:
		return to.ID
	case *PlacementGroup:
		return to.ID
	case *ExtensionInstance:
		return to.ID
	case *Container:
		return to.ID
	case *AggregateReference:
		return to.ID
	case *UnknownReference:
		return to.ID
	}
	return ""
}
