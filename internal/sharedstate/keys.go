package sharedstate

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"

	"mstudio-graphql/internal/base64url"
	"mstudio-graphql/rest"
)

// prefix begins all keys. It changes with the format of the values, so that replicas of two versions can share a server.
const prefix = "mg1:"

// tokenLength is the length of a text from [rand.Text].
const tokenLength = 26

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

// newSealer returns AES-256-GCM with a random nonce before each text.
func newSealer(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil { // only for a key of another length
		panic(err)
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil { // only for a block of another length
		panic(err)
	}
	return sealer
}
