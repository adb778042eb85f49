package rest

import "testing"

func TestFileMembers(t *testing.T) {
	t.Parallel()
	wantMembers(t, "attachedFile", `"status":"deleted"`, pointer((*decoder).file), map[string]member[File]{
		"id":           {`"x"`, func(f *File) { *f = &DeletedFile{ID: "x"} }},
		"name":         {`"x"`, func(f *File) { *f = &DeletedFile{Name: "x"} }},
		"type":         {`"x"`, func(f *File) { *f = &DeletedFile{MimeType: "x"} }},
		"status":       {`"requested"`, func(f *File) { *f = &RequestedFile{} }},
		"deletionDate": {`"2026-07-01T09:15:00Z"`, func(f *File) { *f = &DeletedFile{DeletedAt: new(at("2026-07-01T09:15:00Z"))} }},
	})
}
