#!/bin/sh
# Prints a line for each event of the topics named, from zero to their present ends (without -e it follows):
# `topic type key id`, or `topic gone key` for a tombstone. BROKER is Kafka's address. The same event may come
# again; awk drops what it has seen. The event types that it knows are those of the catalogue: CATALOGUE says where that
# is, if not beside the examples.
set -eu

catalogue=${CATALOGUE:-$(dirname "$0")/../published/catalogue.json}
known=$(grep -o '"engage\.[a-z0-9.-]*"' "$catalogue" | tr -d '"' | tr '\n' ' ')

for topic in "$@"; do
  kcat -C -q -e -b "$BROKER" -t "$topic" -o beginning -f '%t|%k|%S|%h\n' |
    awk -F '|' -v known="$known" 'BEGIN { split(known, types, " "); for (place in types) knows[types[place]] = 1 } {
      split("", header); count = split($4, headers, ",")
      for (place = 1; place <= count; place++) {
        cut = index(headers[place], "="); header[substr(headers[place], 1, cut - 1)] = substr(headers[place], cut + 1)
      }
      # A type that is newer than this program is none of its business.
      if (!(header["ce_type"] in knows)) next
      if (seen[header["ce_source"], header["ce_id"]]++) next
      if ($3 == -1) print $1, "gone", $2
      else print $1, header["ce_type"], $2, header["ce_id"]
    }'
done
