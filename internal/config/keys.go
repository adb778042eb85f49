package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"mstudio-graphql/gateway/downloads/filelink"
)

// key is a secret key. It is empty if the setting was invalid. Formatting does not print it.
type key []byte

// UnmarshalText reads base64, also with the prefix that secrets of Standard Webhooks have. It returns no error, because kong adds
// the whole variable to an error, including the other keys. checkKeys reports invalid keys instead.
func (k *key) UnmarshalText(text []byte) error {
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(string(text), "whsec_"))
	if err != nil {
		decoded = nil
	}
	*k = decoded
	return nil
}

// String hides the key wherever settings are printed.
func (key) String() string { return "[redacted]" }

// keyFile holds the keys in a file.
type keyFile []key

// UnmarshalText reads the file called name, which has a key in each line.
func (f *keyFile) UnmarshalText(name []byte) error {
	text, err := os.ReadFile(string(name))
	if err != nil {
		return err
	}
	lines := strings.Fields(string(text))
	*f = make(keyFile, max(len(lines), 1)) // an empty file has one invalid key
	for i, line := range lines {
		_ = (*f)[i].UnmarshalText([]byte(line)) // see there
	}
	return nil
}

// plain returns the keys of a file, or else those of a variable.
func plain(file keyFile, variable []key) [][]byte {
	keys := []key(file)
	if len(keys) == 0 {
		keys = variable
	}
	var all [][]byte
	for _, key := range keys {
		all = append(all, key)
	}
	return all
}

// checkKeys returns an error that names the setting and the position of its first invalid key, not its text.
func checkKeys(setting string, keys []key) error {
	return checkSizes(setting, keys, filelink.KeySize, filelink.KeySize, strconv.Itoa(filelink.KeySize))
}

// checkSecrets is checkKeys for secrets of Standard Webhooks, whose specification has these sizes.
func checkSecrets(setting string, secrets []key) error {
	return checkSizes(setting, secrets, 24, 64, "24 to 64")
}

func checkSizes(setting string, keys []key, least, most int, sizes string) error {
	for i, key := range keys {
		if len(key) < least || len(key) > most {
			return fmt.Errorf("%s: key %d of %d must be %s bytes in base64; create one with \"openssl rand -base64 32\"", setting, i+1, len(keys), sizes)
		}
	}
	return nil
}

// checkVisible returns an error if a key or a password is in the command line. Flags of keys are hidden: only their variables
// are settings.
func checkVisible(parsed *kong.Context) error {
	const visible = " would be visible to every user of this machine; set "
	for _, element := range parsed.Path {
		flag := element.Flag
		switch {
		case flag == nil, element.Resolved: // in a file
		case flag.Hidden:
			return fmt.Errorf("the value of --%s%s--%s-file or %s", flag.Name, visible, flag.Name, flag.Envs[0])
		case flag.Name == "valkey-url" && hasPassword(flag.Target.String()):
			return errors.New("the password in --valkey-url" + visible + "--valkey-password-file or VALKEY_PASSWORD")
		}
	}
	return nil
}

// hasPassword reports whether an address has a password. Without an @, it has none, even if it is invalid.
func hasPassword(address string) bool { return strings.Contains(address, "@") }
