package httpapi

import (
	"net/http"
	"strings"

	"mstudio-graphql/graph/model"
	"mstudio-graphql/rest"
)

// Token takes the token from Authorization: Bearer or X-Access-Token. It is looked for nowhere else: not in the
// URL, which is logged, not in the body and not in a cookie, which a browser would send along unasked.
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
