package inventory

// Bill is a bill of materials in the format CycloneDX.
type Bill struct {
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber,omitempty"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []Entry      `json:"components"`
	Depends      []dependency `json:"dependencies"`
}

type metadata struct {
	Component Entry `json:"component"`
}

// Entry is a component of a bill.
type Entry struct {
	Type     string       `json:"type"`
	Ref      string       `json:"bom-ref"`
	Name     string       `json:"name"`
	Version  string       `json:"version,omitempty"`
	Hashes   []hash       `json:"hashes,omitempty"`
	Licences []expression `json:"licenses,omitempty"`
	PURL     string       `json:"purl"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type expression struct {
	Expression string `json:"expression"`
}

type dependency struct {
	Ref     string   `json:"ref"`
	Depends []string `json:"dependsOn"`
}

// NewBill returns the bill of a program, without a serial number.
func NewBill(program Component, components []Component) *Bill {
	made := &Bill{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{newEntry("application", program)}}
	needs := dependency{Ref: made.Metadata.Component.Ref}
	for _, component := range components {
		entry := newEntry("library", component)
		made.Components = append(made.Components, entry)
		needs.Depends = append(needs.Depends, entry.Ref)
	}
	made.Depends = []dependency{needs}
	return made
}

func newEntry(kind string, component Component) Entry {
	entry := Entry{Type: kind, Ref: component.PURL(), Name: component.Name, Version: component.Version, PURL: component.PURL()}
	if component.Hash != "" {
		entry.Hashes = []hash{{component.Algorithm, component.Hash}}
	}
	if len(component.Licences) > 0 {
		entry.Licences = []expression{{component.Licence()}}
	}
	return entry
}
