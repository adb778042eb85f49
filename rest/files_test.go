package rest

import "testing"

func TestFileMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "attachedFile", `"status":"deleted"`, pointer((*decoder).file), map[string]member[File]{
		"id":           {`"x"`, func(f *File) { *f = &DeletedFile{ID: "x"} }},
		"name":         {`"x"`, func(f *File) { *f = &DeletedFile{ID: derived, Name: "x"} }},
		"type":         {`"x"`, func(f *File) { *f = &DeletedFile{ID: derived, MimeType: "x"} }},
		"status":       {`"requested"`, func(f *File) { *f = &RequestedFile{ID: derived} }},
		"deletionDate": {`"2026-07-01T09:15:00Z"`, func(f *File) { *f = &DeletedFile{ID: derived, DeletedAt: new(at("2026-07-01T09:15:00Z"))} }},
	})
}
