#!/usr/bin/env bash
# with-tools.sh COMMAND…: runs it from the top of the repository with Node 24, the packages' commands and MinIO on PATH,
# after bringing what is missing. The command takes the place of this shell, so signals reach it.
set -euo pipefail

# shellcheck source=scripts/setup/index.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/index.sh"
set_up

cd "$root"
export PATH=$node_home/bin:$root/node_modules/.bin:$PATH:$cache/bin
export npm_config_nodedir=$node_home # an add-on that is compiled later needs the headers of this Node too
exec "$@"
