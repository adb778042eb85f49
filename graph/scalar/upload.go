package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// UnmarshalUpload returns the file in the variables of a multipart request. Files cannot occur anywhere else.
func UnmarshalUpload(value any) (model.Upload, error) {
	upload, ok := value.(model.Upload)
	if !ok || upload.File == nil {
		return model.Upload{}, model.BadInput("A file must be a variable that a part of a multipart request is mapped to.")
	}
	return upload, nil
}

// MarshalUpload writes null, because no field is an upload.
func MarshalUpload(model.Upload) graphql.Marshaler { return graphql.Null }
