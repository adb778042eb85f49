package resolvers

import "mstudio-graphql/rest"

// referenceTo returns a reference to an object of another domain, or nil if of is not the name of such a type or its
// ReferenceType.
func referenceTo[T ~string](of T, id string) rest.Entity {
	ref := rest.Ref{ID: id}
	switch of {
	case "User", "USER":
		return &rest.User{Ref: ref}
	case "Customer", "CUSTOMER":
		return &rest.Customer{Ref: ref}
	case "Project", "PROJECT":
		return &rest.Project{Ref: ref}
	case "AppInstallation", "APP_INSTALLATION":
		return &rest.AppInstallation{Ref: ref}
	case "PlacementGroup", "PLACEMENT_GROUP":
		return &rest.PlacementGroup{Ref: ref}
	case "ExtensionInstance", "EXTENSION_INSTANCE":
		return &rest.ExtensionInstance{Ref: ref}
	case "Container", "CONTAINER":
		return &rest.Container{Ref: ref}
	}
	return nil
}

// kindOf returns mStudio's domain and aggregate for the type of a reference.
func kindOf(reference rest.Reference) string { return reference.Domain() + "/" + reference.Aggregate() }
