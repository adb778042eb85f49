package httpapi

import "net/http"

// Framing holds the bytes around the results of a stream.
type Framing struct {
	ContentType string
	// Begin precedes the first result.
	Begin string
	// Before and After surround a result. FailedBefore and FailedAfter surround a list of errors instead of a result.
	Before, After, FailedBefore, FailedAfter string
	// End follows the last result. A stream without it has broken.
	End       string
	Heartbeat string
}

// FramingOf returns the framing of a media type, or false if it is not that of a stream.
//
// Clients of the multipart protocol deliver a part when its boundary arrives, so each write ends with the boundary of the next
// part.
func FramingOf(mediaType string) (framing Framing, ok bool) {
	switch mediaType {
	case MediaEvents:
		return Framing{
			ContentType: "text/event-stream; charset=utf-8",
			Before:      "event: next\ndata: ", After: "\n\n",
			FailedBefore: "event: next\ndata: {\"errors\":", FailedAfter: "}\n\n",
			End:       "event: complete\ndata:\n\n", // an EventSource ignores an event without data
			Heartbeat: ":\n\n",
		}, true
	case MediaParts:
		const begin, boundary = "\r\nContent-Type: application/json\r\n\r\n", "\r\n--graphql"
		return Framing{
			ContentType: `multipart/mixed;boundary="graphql";subscriptionSpec=1.0`,
			Begin:       boundary,
			Before:      begin + `{"payload":`, After: "}" + boundary,
			FailedBefore: begin + `{"payload":null,"errors":`, FailedAfter: "}" + boundary,
			End:       "--\r\n",
			Heartbeat: begin + "{}" + boundary,
		}, true
	}
	return Framing{}, false
}

// only surrounds the only result of a stream.
func (f Framing) only(before, after []byte) (framedBefore, framedAfter []byte) {
	return append([]byte(f.Begin+f.Before), before...), append(after, f.After+f.End...)
}

// SetStreamHeader sets the headers of a stream. No proxy may keep back what is written.
func SetStreamHeader(header http.Header, framing Framing) {
	header.Set("Content-Type", framing.ContentType)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Add("Vary", vary)
}
