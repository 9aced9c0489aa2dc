#!/bin/sh
# Prints a line for each event of the topics named, from zero to their present ends (without -e it follows):
# `topic type key id`, or `topic gone key` for a tombstone. BROKER is Kafka's address. The same event may come
# again; awk drops what it has seen.
set -eu

for topic in "$@"; do
  kcat -C -q -e -b "$BROKER" -t "$topic" -o beginning -f '%t|%k|%S|%h\n' |
    awk -F '|' '{
      split("", header); count = split($4, headers, ",")
      for (place = 1; place <= count; place++) {
        cut = index(headers[place], "="); header[substr(headers[place], 1, cut - 1)] = substr(headers[place], cut + 1)
      }
      # A type that is newer than this program is none of its business.
      if (header["ce_type"] !~ /^engage\.(application|need|assignment|pair|follow-up|contact)\.[a-z-]+\.v1$/) next
      if (seen[header["ce_source"], header["ce_id"]]++) next
      if ($3 == -1) print $1, "gone", $2
      else print $1, header["ce_type"], $2, header["ce_id"]
    }'
done
