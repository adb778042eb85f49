package sandbox

// seedCategories lists the categories. The first one is the default of the provider's command line client.
func seedCategories() []*category {
	return []*category{
		newCategory("general", "unspecified"),
		newCategory("domain", "project"),
		newCategory("email", "project"),
		newCategory("webhosting", "project", "server"),
		newCategory("server", "server"),
		newCategory("accounting", "organisation"),
		newCategory("relocation", "organisation", "project"),
		newCategory("extension", "extensionInstance"),
	}
}

func newCategory(name string, referenceTypes ...string) *category {
	return &category{ID: newID("category", name), Name: name, ReferenceTypes: referenceTypes}
}

// categoryNamed returns nil for a name that is not listed.
func categoryNamed(all []*category, name string) *category {
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	return nil
}
