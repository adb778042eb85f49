package rest

import (
	"path"
	"strings"
)

// typesByExtension returns the media types that files with the extension of name usually have, best first. Browsers and
// programs send some of these files without a type, or with one of another program. The table is fixed, unlike that of
// package mime, which depends on the machine.
func typesByExtension(name string) []string {
	const office = "application/vnd.openxmlformats-officedocument."
	types := map[string]string{
		".avif": "image/avif", ".bmp": "image/bmp", ".gif": "image/gif", ".heic": "image/heic", ".jpe": "image/jpeg", ".jpeg": "image/jpeg",
		".jpg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml", ".tif": "image/tiff", ".tiff": "image/tiff", ".webp": "image/webp",
		".mov": "video/quicktime", ".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg", ".wav": "audio/wav",
		".csv": "text/csv text/plain", ".htm": "text/html", ".html": "text/html", ".ics": "text/calendar", ".json": "application/json text/plain",
		".log": "text/plain", ".md": "text/markdown text/plain", ".sql": "application/sql text/plain", ".txt": "text/plain",
		".xml": "application/xml text/xml", ".yaml": "application/yaml text/plain", ".yml": "application/yaml text/plain",
		".eml": "message/rfc822", ".msg": "application/vnd.ms-outlook", ".pdf": "application/pdf", ".rtf": "application/rtf text/rtf",
		".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
		".docx": office + "wordprocessingml.document", ".xlsx": office + "spreadsheetml.sheet", ".pptx": office + "presentationml.presentation",
		".odt": "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
		".7z": "application/x-7z-compressed", ".gz": "application/gzip application/x-gzip", ".rar": "application/vnd.rar application/x-rar-compressed",
		".tar": "application/x-tar", ".tgz": "application/gzip application/x-gzip", ".zip": "application/zip application/x-zip-compressed",
	}
	return strings.Fields(types[strings.ToLower(path.Ext(FileName(name)))])
}
