package main

import "slices"

// category is a topic of conversations, with the types of object that a conversation of the category can refer to.
type category struct {
	ID             string   `json:"categoryId"`
	Name           string   `json:"name"`
	ReferenceTypes []string `json:"referenceType"`
}

// categories returns all categories. The first one is the default of mittwald's command line client.
func categories() []*category {
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

// categoryNamed returns the category with a name, which must exist.
func categoryNamed(all []*category, name string) *category {
	return all[slices.IndexFunc(all, func(c *category) bool { return c.Name == name })]
}
