package rest

// InvalidField is a part of a write's body that the API rejected.
type InvalidField struct {
	// Path lists the member names and indexes from the outermost to the field. Empty means the whole body. It comes from
	// the API: compare it with known names, but do not show it to callers.
	Path []string
	// Rule is the violated rule.
	Rule Rule
}

// Rule is a validation rule. The API's set of rules is open.
type Rule int

// The known rules.
const (
	RuleOther    Rule = iota
	RuleRequired      // the field is missing or empty
	RuleTooLong       // too many characters or elements
)
