#!/usr/bin/env bash
# Prints the response. Values are sent as variables, not in the query.
set -euo pipefail
curl -sf "${GATEWAY:-http://127.0.0.1:8080}/graphql" \
	-H "Authorization: Bearer ${TOKEN:-sandbox-agency}" \
	-H 'Content-Type: application/json' \
	-d '{"query": "query ($first: Int) { conversations(first: $first) { totalCount nodes { shortId title status } } }", "variables": {"first": 3}}'
