package resolvers

import (
	"context"
	"errors"
	"mime"
	"strconv"
	"strings"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// UploadRules resolves Query.uploadRules. A file must satisfy mStudio's rules and the gateway's limit.
func (q query) UploadRules(ctx context.Context) (*rest.FileRules, error) {
	rules, err := loader.From(ctx).UploadRules(ctx)
	if err != nil {
		return nil, err
	}
	reportIncomplete(ctx, rules)
	return rules.Within(q.MaxUploadBytes), nil
}

// RequestFileUpload resolves Mutation.requestFileUpload.
func (mutation) RequestFileUpload(ctx context.Context, input generated.RequestFileUploadInput) (*model.RequestFileUploadPayload, error) {
	ticket, err := requestFileUpload(ctx, input.ConversationID)
	if err != nil {
		found, err := inputNames{}.userErrorsOf(err, "conversationId")
		return &model.RequestFileUploadPayload{UserErrors: found}, err
	}
	reportIncomplete(ctx, ticket.Rules)
	return &model.RequestFileUploadPayload{Upload: &model.FileUploadTicket{
		URL: loader.From(ctx).UploadURL(), FormField: "file", Rules: ticket.Rules,
		Headers: []model.FileUploadHeader{{Name: "Token", Value: ticket.Token.Reveal()}},
	}}, nil
}

// reportIncomplete adds an error if elements of the rules are missing.
func reportIncomplete(ctx context.Context, rules *rest.FileRules) {
	if rules.Incomplete {
		reportUnreadable(ctx, "media types or extensions")
	}
}

func requestFileUpload(ctx context.Context, conversationID string) (*rest.FileTicket, error) {
	var found userErrors
	found.checkID(conversationID, "conversationId")
	if err := found.orNil(); err != nil {
		return nil, err
	}
	return loader.From(ctx).RequestFileUpload(ctx, conversationID)
}

// uploadFiles uploads the files of a message one after another, in the order in which they arrive. It returns their IDs
// after those of files that were uploaded before.
func uploadFiles(ctx context.Context, input generated.SendMessageInput) ([]string, error) {
	ids := input.FileIds
	for i, file := range input.Files {
		id, err := loader.From(ctx).Upload(ctx, input.ConversationID, file)
		if rejected, ok := errors.AsType[*loader.FileError](err); ok {
			return nil, fileErrors(rejected, i)
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// fileErrors returns the user error for a rejected file.
func fileErrors(rejected *loader.FileError, index int) userErrors {
	code, message := model.UserErrorInvalid, "mStudio rejected the file."
	switch {
	case errors.Is(rejected, rest.ErrFileTooLarge):
		code, message = model.UserErrorFileSize, "The file is too large."
	case errors.Is(rejected, rest.ErrFileType):
		code, message = model.UserErrorFileType, "mStudio does not allow files of this type."+allowedTypes(rejected.Rules)
	case errors.Is(rejected, rest.ErrFileContent):
		code, message = model.UserErrorFileContent, "The content of the file does not match its type."
	case errors.Is(rejected, rest.ErrUploadToken):
		code, message = model.UserErrorConflict, "mStudio's permission to upload the file has expired. Try again."
	}
	var found userErrors
	found.add(code, message, "files", strconv.Itoa(index))
	return found
}

// maxAllowedTypes is the maximum number of types in a user error.
const maxAllowedTypes = 50

// allowedTypes returns a sentence with mStudio's allowed types, without any other text that mStudio may send.
func allowedTypes(rules *rest.FileRules) string {
	var types []string
	for _, allowed := range rules.MimeTypes[:min(len(rules.MimeTypes), maxAllowedTypes)] {
		if mimeType, _, err := mime.ParseMediaType(allowed); err == nil && strings.Contains(mimeType, "/") {
			types = append(types, mimeType)
		}
	}
	if len(types) == 0 {
		return ""
	}
	return " It allows " + strings.Join(types, ", ") + "."
}
