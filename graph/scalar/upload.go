package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"mstudio-graphql/graph/model"
)

// UnmarshalUpload takes what stands in the variables of a multipart request. A file can be written nowhere else.
func UnmarshalUpload(value any) (model.Upload, error) {
	// Where a list is wanted, validation makes one of a single file. The executor knows lists of other things of that kind,
	// and takes this one for an element.
	if list, ok := value.([]model.Upload); ok && len(list) == 1 {
		value = list[0]
	}
	upload, ok := value.(model.Upload)
	if !ok || upload.File == nil {
		return model.Upload{}, model.BadInput("A file must be a variable that a part of a multipart request is mapped to.")
	}
	return upload, nil
}

// MarshalUpload writes null: no field is a file on its way.
func MarshalUpload(model.Upload) graphql.Marshaler { return graphql.Null }
