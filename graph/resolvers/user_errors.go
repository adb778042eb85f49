package resolvers

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// maxText is the maximum length of a message in characters. mStudio documents it as a maxLength of JSON Schema, which
// counts code points. If mStudio counts differently, it rejects the text itself, which is a user error as well.
const maxText = 8000

// userErrors collects all problems with a mutation's input that the caller can fix.
type userErrors []*model.UserError

// Error makes userErrors an error within this package. Clients never see its text.
func (u userErrors) Error() string { return strconv.Itoa(len(u)) + " user errors" }

// orNil returns nil if there are no user errors.
func (u userErrors) orNil() error {
	if len(u) == 0 {
		return nil
	}
	return u
}

// add adds a user error. field is the path to the value from the input.
func (u *userErrors) add(code model.UserErrorCode, message string, field ...string) {
	*u = append(*u, &model.UserError{Code: code, Message: message, Field: append([]string{"input"}, field...)})
}

func (u *userErrors) checkID(id string, field ...string) {
	if _, err := rest.ParseID(id); err != nil {
		u.add(model.UserErrorInvalid, "The ID must be a UUID.", field...)
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

// maxKey is the maximum length of an idempotency key in characters.
const maxKey = 255

func (u *userErrors) checkKey(key *string) {
	switch {
	case key == nil:
	case isBlank(*key):
		u.add(model.UserErrorRequired, "The key must not be blank.", "idempotencyKey")
	case utf8.RuneCountInString(*key) > maxKey:
		u.add(model.UserErrorTooLong, "The key must be at most 255 characters.", "idempotencyKey")
	}
}

// isBlank reports whether a text has only white space and other invisible characters.
func isBlank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		const blankBraille = '\u2800'
		return r != blankBraille && !unicode.In(r, unicode.White_Space, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
	})
}

// inputNames maps the names of fields in the body of a call to those in the input.
type inputNames map[string]string

// userErrorsOf turns an error that the caller can fix into user errors. It returns all other errors. subject is the field
// of the input with the object that mStudio may lack or protect, or "".
func (names inputNames) userErrorsOf(err error, subject string) (userErrors, error) {
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
		return names.invalidFields(failure.Invalid), nil
	case rest.NotFound:
		return userErrorAt(subject, model.UserErrorNotFound, "mStudio does not have this object."), nil
	case rest.Forbidden:
		return userErrorAt(subject, model.UserErrorForbidden, "The caller may not do this."), nil
	case rest.Conflict:
		return userErrorAt(subject, model.UserErrorConflict, "The object has changed in the meantime."), nil
	default:
		return nil, err
	}
}

func userErrorAt(subject string, code model.UserErrorCode, message string) userErrors {
	found := &model.UserError{Code: code, Message: message}
	if subject != "" {
		found.Field = append([]string{"input"}, strings.Split(subject, ".")...)
	}
	return userErrors{found}
}

func (names inputNames) invalidFields(fields []rest.InvalidField) userErrors {
	if len(fields) == 0 {
		return userErrorAt("", model.UserErrorInvalid, "mStudio rejected the input.")
	}
	found := make(userErrors, len(fields))
	for i, field := range fields {
		found[i] = &model.UserError{Field: names.translate(field.Path)}
		found[i].Code, found[i].Message = ruleError(field.Rule, found[i].Field)
	}
	return found
}

func ruleError(rule rest.Rule, field []string) (model.UserErrorCode, string) {
	switch rule {
	case rest.RuleRequired:
		return model.UserErrorRequired, "mStudio requires this field."
	case rest.RuleTooLong:
		return model.UserErrorTooLong, "This is too long for mStudio."
	default:
		if slices.ContainsFunc(field, namesID) {
			return model.UserErrorInvalid, "mStudio rejected this value, for example because it does not exist."
		}
		return model.UserErrorInvalid, "mStudio rejected this value."
	}
}

// namesID reports whether a field of an input, or each element of it, is an ID.
func namesID(field string) bool {
	return field == "id" || strings.HasSuffix(field, "Id") || strings.HasSuffix(field, "Ids")
}

// translate turns a path of mStudio into one of the input, as far as its names are known. The result contains only names
// of the schema, and indexes.
func (names inputNames) translate(path []string) []string {
	var field []string
	for i := range path {
		name, known := names[strings.Join(path[:i+1], ".")]
		_, err := strconv.ParseUint(path[i], 10, 16)
		switch {
		case known:
			field = append([]string{"input"}, strings.Split(name, ".")...)
		case field != nil && err == nil:
			field = append(field, path[i])
		default:
			return field
		}
	}
	return field
}
