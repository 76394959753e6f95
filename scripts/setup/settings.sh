# What the set-up brings, in which version, and where it is kept. Sourced by the other parts.

node_version=24.21.0
minio_version=v0.0.0-20260212201848-7aac2a2c5b7c # the last commit of the community server
mc_version=v0.0.0-20250313080218-cf909e1063a9 # its client
minio_image=docker.io/minio/minio:RELEASE.2025-09-07T16-13-09Z # the last one that was published

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${GST_FUNCTIONS_CACHE:-${XDG_CACHE_HOME:-${HOME:?is not set; it, or GST_FUNCTIONS_CACHE, says where to keep the tools}/.cache}/gst-functions}

say() { printf 'setup: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# logged NAME COMMAND…: without input; what it says is kept in a file, and its end shown where it fails
logged() {
  local log=$cache/$1.log
  shift
  "$@" >"$log" 2>&1 </dev/null && return
  tail -n 30 "$log" >&2
  say "the whole output is in $log"
  return 1
}
