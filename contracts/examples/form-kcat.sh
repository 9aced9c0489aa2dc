#!/bin/sh
# A form publishes an application with kcat. BROKER is Kafka's address; the application, as JSON, comes on
# standard input. Give each event an id of its own (a UUID, best a UUIDv7) and keep it when you send again.
set -eu

# kcat takes a line for a message, and a line break within JSON means no more than a space.
body=$(tr '\n' ' ')
key=$(printf %s "$body" | sed -n 's/.*"application_id" *: *"\([0-9a-f-]*\)".*/\1/p')
id=$(cat /proc/sys/kernel/random/uuid)

# librdkafka's own default is another partitioner than the Java client's: all producers must use the same.
printf '%s:%s' "$key" "$body" |
  kcat -P -b "$BROKER" -t forms.applications.v1 -K: -X partitioner=murmur2_random -X acks=all \
    -H ce_specversion=1.0 -H "ce_id=$id" -H ce_source=urn:form:kcat-example \
    -H ce_type=engage.application.submitted.v1 -H "ce_time=$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    -H content-type=application/json
