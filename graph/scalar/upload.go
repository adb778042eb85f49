package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// UnmarshalUpload takes what stands in the variables of a multipart request. A file can be written nowhere else.
func UnmarshalUpload(value any) (model.Upload, error) {
	upload, ok := value.(model.Upload)
	if !ok || upload.File == nil {
		return model.Upload{}, model.BadInput("A file must be a variable that a part of a multipart request is mapped to.")
	}
	return upload, nil
}

// MarshalUpload writes null: no field is a file on its way.
func MarshalUpload(model.Upload) graphql.Marshaler { return graphql.Null }
