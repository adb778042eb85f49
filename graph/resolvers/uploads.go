package resolvers

import (
	"context"
	"errors"
	"strconv"

	"mstudio-graphql/graph/generated"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// RequestFileUpload answers Mutation.requestFileUpload.
func (mutation) RequestFileUpload(ctx context.Context, input generated.RequestFileUploadInput) (*model.RequestFileUploadPayload, error) {
	ticket, err := requestFileUpload(ctx, input.ConversationID)
	if err != nil {
		refused, err := inputNames{}.explain(err, "conversationId")
		return &model.RequestFileUploadPayload{UserErrors: refused}, err
	}
	return &model.RequestFileUploadPayload{Upload: &model.FileUploadTicket{
		URL: loader.From(ctx).UploadURL(), FormField: "file", Rules: ticket.Rules,
		Headers: []model.FileUploadHeader{{Name: "Token", Value: ticket.Token.Reveal()}},
	}}, nil
}

func requestFileUpload(ctx context.Context, conversationID string) (*rest.FileTicket, error) {
	var wrong userErrors
	wrong.checkID(conversationID, "conversationId")
	if err := wrong.orNil(); err != nil {
		return nil, err
	}
	return loader.From(ctx).RequestFileUpload(ctx, conversationID)
}

// uploadFiles uploads the files of a message, one after another, as they arrive, and returns their ids behind those that
// were uploaded before.
func uploadFiles(ctx context.Context, input generated.SendMessageInput) ([]string, error) {
	ids := input.FileIds
	for i, file := range input.Files {
		id, err := loader.From(ctx).Upload(ctx, input.ConversationID, file)
		if refused, ok := errors.AsType[*loader.FileError](err); ok {
			return nil, explainFile(refused, i)
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// explainFile says what is wrong with one of the files.
func explainFile(refused *loader.FileError, position int) error {
	code, message := model.UserErrorInvalid, "mStudio does not accept this file."
	switch {
	case errors.Is(refused, rest.ErrFileTooLarge):
		code, message = model.UserErrorFileSize, "The file is too large."
	case errors.Is(refused, rest.ErrFileType):
		code, message = model.UserErrorFileType, "mStudio does not take files of this type, or the file is not what its type says."
	case errors.Is(refused, rest.ErrUploadToken):
		code, message = model.UserErrorConflict, "mStudio's permission to upload the file has ended. Try again."
	}
	var wrong userErrors
	wrong.add(code, message, "files", strconv.Itoa(position))
	return wrong
}
