#!/bin/sh
# run.sh COLLECTOR MODULES: the clients, if there is a Node and the packages, which `./dev test` gets.
if [ ! -d "$2/node_modules" ] || ! command -v node >/dev/null; then
  echo "1..0 # SKIP the npm packages are not there"
  exit 0
fi
exec node "$(dirname "$0")/eventsource.mjs" "$@"
