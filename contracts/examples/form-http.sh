#!/bin/sh
# A form that cannot speak Kafka submits an application over HTTP: curl and openssl are all it takes.
# DOOR is the address of intake, SECRET the form's secret (whsec_…), MESSAGE the message's id: keep it when
# you send again. The application, as JSON, comes on standard input.
# Who shares the machine can read a command line, and openssl's holds the key: sign in your program instead.
set -eu

body=$(cat)
now=$(date +%s)
key=$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
signature=$(printf '%s.%s.%s' "$MESSAGE" "$now" "$body" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)

curl --silent --show-error --fail-with-body "$DOOR/v1/applications" \
  --header "content-type: application/json" \
  --header "webhook-id: $MESSAGE" \
  --header "webhook-timestamp: $now" \
  --header "webhook-signature: v1,$signature" \
  --data-binary "$body"
