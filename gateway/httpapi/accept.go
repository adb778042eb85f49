package httpapi

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// Media types of responses. A response in MediaResponse has status 400 if the query is invalid.
const (
	MediaResponse = "application/graphql-response+json"
	MediaJSON     = "application/json"
)

// Media types of streams.
const (
	// MediaEvents is the type of server-sent events.
	MediaEvents = "text/event-stream"
	// MediaParts is the type of Apollo's multipart protocol for subscriptions.
	MediaParts = "multipart/mixed;subscriptionSpec=1.0"
)

// mediaRange is an element of an Accept header.
type mediaRange struct {
	mediaType string
	quality   float64
}

// Accepted holds the media types that a client prefers.
type Accepted struct {
	// Response is for queries and mutations. It is a stream type if the client accepts none of the others as much.
	Response string
	// Stream is for subscriptions. It is "" if the client accepts no stream.
	Stream string
}

// Negotiate returns the media types with the highest quality in Accept, then those that Accept names first, then plain JSON
// and server-sent events. It reports false if the client accepts none.
func Negotiate(r *http.Request) (accepted Accepted, ok bool) {
	ranges := acceptRanges(r)
	if len(ranges) == 0 {
		return Accepted{Response: MediaJSON, Stream: MediaEvents}, true
	}
	response, weight := best(ranges, MediaJSON, MediaResponse)
	stream, streamWeight := best(ranges, MediaEvents, MediaParts)
	if streamWeight > weight {
		response = stream
	}
	if streamWeight == 0 {
		stream = ""
	}
	return Accepted{Response: response, Stream: stream}, weight > 0 || streamWeight > 0
}

// best returns the type with the higher quality, then the one that the ranges name first, then usual.
func best(ranges []mediaRange, usual, other string) (mediaType string, weight float64) {
	weight, weightOther := quality(ranges, usual), quality(ranges, other)
	if weightOther > weight || weightOther == weight && namesFirst(ranges, other, usual) {
		return other, weightOther
	}
	return usual, weight
}

// WantsPage reports whether a browser opens the URL: a GET that prefers HTML.
func WantsPage(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	ranges := acceptRanges(r)
	page := quality(ranges, "text/html")
	return page > quality(ranges, MediaResponse) && page > quality(ranges, MediaJSON)
}

func acceptRanges(r *http.Request) []mediaRange {
	var ranges []mediaRange
	if len(r.Header["Accept"]) == 0 {
		return nil
	}
	for element := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		mediaType, parameters, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		if mediaType == "multipart/mixed" && parameters["subscriptionspec"] == "1.0" {
			mediaType = MediaParts
		}
		weight := 1.0
		if given, err := strconv.ParseFloat(parameters["q"], 64); err == nil {
			weight = given
		}
		ranges = append(ranges, mediaRange{mediaType, weight})
	}
	return ranges
}

// quality returns the quality of the most specific range that matches.
func quality(ranges []mediaRange, mediaType string) float64 {
	major, _, _ := strings.Cut(mediaType, "/")
	best, specificity := 0.0, 0
	for _, candidate := range ranges {
		matched := 0
		switch candidate.mediaType {
		case mediaType:
			matched = 3
		case major + "/*":
			matched = 2
		case "*/*":
			matched = 1
		}
		if matched > specificity {
			best, specificity = candidate.quality, matched
		}
	}
	return best
}

// namesFirst reports whether the ranges name a type before another. They do not if they have only wildcards, because the
// client may be older than the type.
func namesFirst(ranges []mediaRange, mediaType, before string) bool {
	for _, candidate := range ranges {
		if candidate.mediaType == mediaType || candidate.mediaType == before {
			return candidate.mediaType == mediaType
		}
	}
	return false
}
