package resolvers

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// maxText is how many characters a message may have. mStudio documents it as a maxLength of JSON Schema, which counts
// code points. Whatever it counts in truth, it refuses what it finds too long, and that is a user error as well.
const maxText = 8000

// userErrors collects what the caller of a mutation can put right in its input: everything at once.
type userErrors []*model.UserError

// Error is for what passes user errors on as an error. Nobody gets to see it.
func (u userErrors) Error() string { return strconv.Itoa(len(u)) + " user errors" }

// orNil is nil if there are none.
func (u userErrors) orNil() error {
	if len(u) == 0 {
		return nil
	}
	return u
}

// add takes the name of a field of the input and what leads on from there.
func (u *userErrors) add(code model.UserErrorCode, message string, field ...string) {
	*u = append(*u, &model.UserError{Code: code, Message: message, Field: append([]string{"input"}, field...)})
}

func (u *userErrors) checkID(id string, field ...string) {
	if _, err := rest.ParseID(id); err != nil {
		u.add(model.UserErrorInvalid, "An id must be a UUID.", field...)
	}
}

func (u *userErrors) checkOptionalID(id *string, field ...string) {
	if id != nil {
		u.checkID(*id, field...)
	}
}

func (u *userErrors) checkIDs(ids []string, field string) {
	for i, id := range ids {
		u.checkID(id, field, strconv.Itoa(i))
	}
}

func (u *userErrors) checkText(text, field string) {
	if utf8.RuneCountInString(text) > maxText {
		u.add(model.UserErrorTooLong, "The text must be at most 8000 characters.", field)
	}
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }

// inputNames are the fields of an input by the names that mStudio has for them in the body of the call.
type inputNames map[string]string

// explain turns an error that the caller can put right into user errors. It returns all others. The subject is the
// field of the input that names what mStudio may not have or not allow, "" if none does.
func (names inputNames) explain(err error, subject string) (userErrors, error) {
	if err == nil {
		return nil, nil
	}
	if own, ok := errors.AsType[userErrors](err); ok {
		return own, nil
	}
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return nil, err
	}
	switch failure.Code {
	case rest.BadInput:
		return names.explainInvalid(failure.Invalid), nil
	case rest.NotFound:
		return about(subject, model.UserErrorNotFound, "mStudio does not have this."), nil
	case rest.Forbidden:
		return about(subject, model.UserErrorForbidden, "The caller may not do this."), nil
	case rest.Conflict:
		return about(subject, model.UserErrorConflict, "It has changed in the meantime."), nil
	default:
		return nil, err
	}
}

func about(subject string, code model.UserErrorCode, message string) userErrors {
	found := &model.UserError{Code: code, Message: message}
	if subject != "" {
		found.Field = append([]string{"input"}, strings.Split(subject, ".")...)
	}
	return userErrors{found}
}

func (names inputNames) explainInvalid(fields []rest.InvalidField) userErrors {
	if len(fields) == 0 {
		return about("", model.UserErrorInvalid, "mStudio does not accept the input.")
	}
	found := make(userErrors, len(fields))
	for i, field := range fields {
		found[i] = &model.UserError{Field: names.translate(field.Path)}
		found[i].Code, found[i].Message = explainRule(field.Rule)
	}
	return found
}

func explainRule(rule rest.Rule) (model.UserErrorCode, string) {
	switch rule {
	case rest.RuleRequired:
		return model.UserErrorRequired, "mStudio requires this."
	case rest.RuleTooLong:
		return model.UserErrorTooLong, "mStudio finds this too long."
	default:
		return model.UserErrorInvalid, "mStudio does not accept this."
	}
}

// translate turns mStudio's path into one of the input, as far as it is understood. It shows names of ours only, and
// positions.
func (names inputNames) translate(path []string) []string {
	var field []string
	for i := range path {
		name, known := names[strings.Join(path[:i+1], ".")]
		_, err := strconv.ParseUint(path[i], 10, 16)
		switch {
		case known:
			field = append(slices.Clone([]string{"input"}), strings.Split(name, ".")...)
		case field != nil && err == nil:
			field = append(field, path[i])
		default:
			return field
		}
	}
	return field
}
