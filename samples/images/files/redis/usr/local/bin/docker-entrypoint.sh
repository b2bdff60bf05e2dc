#!/bin/sh
# The official image in short: options alone mean redis-server, which runs as the user redis. Debian's build
# refuses clients from other hosts unless told otherwise; the official one accepts them.
set -e
case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "${1:-}" = redis-server ]; then
  case " $* " in
    *" --protected-mode "*) ;;
    *) set -- "$@" --protected-mode no ;;
  esac
  if [ "$(id -u)" = 0 ]; then
    find . ! -user redis -exec chown redis:redis {} + || true
    exec /usr/bin/setpriv --reuid=redis --regid=redis --clear-groups -- "$@"
  fi
fi
exec "$@"
