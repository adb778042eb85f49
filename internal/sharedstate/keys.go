package sharedstate

import (
	"crypto/hkdf"
	"crypto/sha256"

	"mstudio-graphql/internal/base64url"
	"mstudio-graphql/rest"
)

// prefix begins all keys. It changes with the format of the values, so that replicas of two versions can share a server.
const prefix = "mg1:"

// CallerKey returns the key of the hashes that tell callers apart, for [rest.Config].
func CallerKey(shareKey []byte) []byte { return derive(shareKey, "callers") }

// ShareKey returns a share key that is made from another secret of the replicas.
func ShareKey(secret []byte) []byte { return derive(secret, "share") }

// derive returns a key for one purpose.
func derive(shareKey []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, shareKey, nil, "mstudio-graphql "+purpose, keySize)
	if err != nil { // only for a length that is too long
		panic(err)
	}
	return key
}

// keyOf returns the name of a caller's entry.
func keyOf(kind string, caller rest.SharedCaller) string {
	return prefix + kind + ":" + base64url.Encode(caller[:])
}
