#!/usr/bin/env bash
set -euo pipefail

if [ $# -gt 0 ]; then
  case $1 in
    -h | --help) status=0 ;;
    *) status=2 ;;
  esac
  cat <<'HELP'
Usage: scripts/setup.sh

Brings what this project needs and the machine lacks, and says so before it does; silent where all is there:
  - packages of Debian: GStreamer with its plugins, a compiler, ffmpeg (with root or sudo; else it prints the line to run)
  - Node 24, unless one with its headers is on PATH
  - npm packages, as package-lock.json says
  - the MinIO server, unless one is on PATH: compiled with Go, or taken from its image

Node and MinIO are kept in GST_FUNCTIONS_CACHE (default: gst-functions in XDG_CACHE_HOME, or in ~/.cache).
With SETUP_BROWSER=true it brings chromium too, as npm run test:browser does; with SETUP_BENCH=true MinIO's client mc, as npm run bench does.
Every npm script does this by itself; scripts/with-tools.sh COMMAND… runs any command with these tools on PATH.
HELP
  exit "$status"
fi

# shellcheck source=scripts/setup/index.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/index.sh"
set_up
