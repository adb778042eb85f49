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

// mediaRange is an element of an Accept header.
type mediaRange struct {
	mediaType string
	quality   float64
}

// Negotiate returns the media type of the response: the one with the highest quality in Accept, then the one that Accept
// names first, then plain JSON. It reports false if the client accepts neither.
func Negotiate(r *http.Request) (mediaType string, ok bool) {
	ranges := acceptRanges(r)
	if len(ranges) == 0 {
		return MediaJSON, true
	}
	response, plain := quality(ranges, MediaResponse), quality(ranges, MediaJSON)
	switch {
	case response == 0 && plain == 0:
		return MediaJSON, false
	case response > plain || response == plain && namedFirst(ranges) == MediaResponse:
		return MediaResponse, true
	}
	return MediaJSON, true
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

// namedFirst returns the type that the ranges name first. It is plain JSON if they have only wildcards, because the client
// may be older than the other type.
func namedFirst(ranges []mediaRange) string {
	for _, candidate := range ranges {
		if candidate.mediaType == MediaResponse || candidate.mediaType == MediaJSON {
			return candidate.mediaType
		}
	}
	return MediaJSON
}
