package rest

import (
	"errors"
	"testing"
)

// Cloud metadata services serve credentials, at link-local and other addresses.
func TestDial_RejectsMetadataAddresses(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"169.254.169.254", "169.254.170.2", "0.0.0.0", "224.0.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
		"[::]", "[fe80::a9fe:a9fe]", "[fe80::1%25lo]", "[ff02::1]", "[fd00:ec2::254]", "[FD00:0EC2:0:0:0:0:0:23]", "[fd20:ce::254]",
		"[fd00:c1::a9fe:a9fe]", "[fd00:a9fe:a9fe::1]", "[fd00:42::42]",
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel() // retries wait
			client, err := New(Config{BaseURL: "http://" + host, AllowHTTP: true})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.ConversationCategories(t.Context())
			wantCode(t, err, Unavailable)
			if !errors.Is(err, errMetadataAddress) {
				t.Errorf("got %v", errors.Unwrap(err))
			}
		})
	}
}

// An IPv6 address may stand for an IPv4 address. Each row has 169.254.169.254, 168.63.129.16 and a public address.
func TestDial_RejectsEmbeddedAddresses(t *testing.T) {
	t.Parallel()
	for name, addresses := range map[string][3]string{
		"mapped":        {"::ffff:169.254.169.254", "::ffff:a83f:8110", "::ffff:8.8.8.8"},
		"compatible":    {"::169.254.169.254", "::a83f:8110", "::8.8.8.8"},
		"SIIT":          {"::ffff:0:a9fe:a9fe", "::ffff:0:a83f:8110", "::ffff:0:808:808"},
		"NAT64":         {"64:ff9b::a9fe:a9fe", "64:ff9b::168.63.129.16", "64:ff9b::808:808"},
		"NAT64 /48":     {"64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:a83f:81:1000::", "64:ff9b:1:808:8:800::"},
		"NAT64 /56":     {"64:ff9b:1:aba9:fe:a9fe::", "64:ff9b:1:aba8:3f:8110::", "64:ff9b:1:ab08:8:808::"},
		"NAT64 /64":     {"64:ff9b:1:abcd:a9:fea9:fe00:0", "64:ff9b:1:abcd:a8:3f81:1000:0", "64:ff9b:1:abcd:8:808:800:0"},
		"NAT64 /96":     {"64:ff9b:1:abcd::a9fe:a9fe", "64:ff9b:1:abcd::a83f:8110", "64:ff9b:1:abcd::808:808"},
		"6to4":          {"2002:a9fe:a9fe::1", "2002:a83f:8110::1", "2002:808:808::1"},
		"Teredo client": {"2001:0:4136:e378:8000:63bf:5601:5601", "2001:0:4136:e378:8000:63bf:57c0:7eef", "2001:0:4136:e378:8000:63bf:f7f7:f7f7"},
		"Teredo server": {"2001:0:a9fe:a9fe:8000:63bf:3fff:fdd2", "2001:0:a83f:8110:8000:63bf:3fff:fdd2", "2001:0:808:808:8000:63bf:3fff:fdd2"},
		"ISATAP":        {"2001:db8::5efe:a9fe:a9fe", "2001:db8::200:5efe:a83f:8110", "2001:db8::5efe:808:808"},
	} {
		for i, address := range addresses {
			if err := rejectMetadata("", "["+address+"]:80", nil); errors.Is(err, errMetadataAddress) != (i < 2) {
				t.Errorf("%s: %s: %v", name, address, err)
			}
		}
	}
}

func TestDial_AcceptsOtherAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"127.0.0.1:80", "10.0.0.1:443", "100.64.0.1:443", "100.100.100.201:443", "168.63.129.17:443", "192.0.0.193:443", "[::1]:80",
		"[2001:db8::1]:443", "[2001:db8::a9fe:a9fe]:443", "[fd00::1]:443", "[fd00:ec3::1]:443",
	} {
		if err := rejectMetadata("", address, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
