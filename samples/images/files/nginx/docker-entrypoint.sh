#!/bin/sh
# Like the official image: run what lies in /docker-entrypoint.d, then the command.
set -e
for file in /docker-entrypoint.d/*.sh; do
  [ ! -x "$file" ] || "$file"
done
exec "$@"
