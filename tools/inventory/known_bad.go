package inventory

import (
	"errors"
	"fmt"

	"golang.org/x/mod/semver"
)

// CheckVersions returns an error for each component with a known vulnerability. It knows copies that other packages contain, which
// no scanner of lock files reports. All modules and packages need a scanner with a current database before each release.
func CheckVersions(components []Component) error {
	fixed := map[string]string{
		"pkg:npm/dompurify": "v3.4.11", // GHSA-cmwh-pvxp-8882 and, before, CVE-2025-26791, CVE-2026-0540, CVE-2026-49978
		"pkg:npm/marked":    "v4.0.10", // CVE-2022-21680, CVE-2022-21681
	}
	var failures []error
	for _, component := range components {
		least := fixed[Component{Kind: component.Kind, Name: component.Name}.PURL()]
		if least != "" && semver.Compare("v"+component.Version, least) < 0 {
			failures = append(failures, fmt.Errorf("%s has known vulnerabilities: update to %s", component.Title(), least))
		}
	}
	return errors.Join(failures...)
}
