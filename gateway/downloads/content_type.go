package downloads

import (
	"cmp"
	"mime"
	"slices"

	"mstudio-graphql/gateway/downloads/filelink"
)

// contentType returns the type and disposition of a file. A browser displays only types that cannot contain a script,
// because an HTML page or an SVG of an uploader would run on the gateway's origin.
func contentType(link filelink.Link) (mediaType, disposition string) {
	images := []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}
	declared, _, err := mime.ParseMediaType(link.MimeType)
	switch {
	case link.Attachment || err != nil:
		return "application/octet-stream", "attachment"
	case slices.Contains(images, declared):
		return declared, "inline"
	case declared == "text/plain":
		return "text/plain; charset=utf-8", "inline"
	}
	return "application/octet-stream", "attachment"
}

// contentDisposition encodes any name, so that it cannot end the header.
func contentDisposition(disposition, name string) string {
	if name == "" {
		return disposition
	}
	return cmp.Or(mime.FormatMediaType(disposition, map[string]string{"filename": name}), disposition)
}
