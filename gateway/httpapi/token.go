package httpapi

import (
	"net/http"
	"strings"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Token returns the token in Authorization: Bearer or X-Access-Token. It ignores the URL, because URLs are logged, and
// cookies, because browsers send them with requests of other sites.
func Token(r *http.Request) (rest.Token, *Error) {
	texts := r.Header.Values("X-Access-Token")
	for _, value := range r.Header.Values("Authorization") {
		scheme, text, _ := strings.Cut(value, " ")
		if strings.EqualFold(scheme, "Bearer") {
			texts = append(texts, strings.TrimSpace(text))
		}
	}
	if len(texts) == 0 {
		return rest.Token{}, MissingToken()
	}
	for _, text := range texts {
		if text != texts[0] {
			return rest.Token{}, NewError(http.StatusBadRequest, model.CodeBadUserInput, "Send one token, not several.")
		}
	}
	token, err := rest.NewToken(texts[0])
	if err != nil {
		return rest.Token{}, NewError(http.StatusUnauthorized, model.CodeUnauthenticated, "The token is malformed.")
	}
	return token, nil
}
