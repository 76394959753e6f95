#!/usr/bin/env bash
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: scripts/image.sh [TAG]

Builds both images with podman, docker or buildah, whichever is there: gst-functions/functions:TAG and
gst-functions/transcode:TAG, below IMAGE_PREFIX (default: localhost). TAG is the commit where it is not given.
TARGETS="functions transcode" says which ones.
HELP
}

case ${1:-} in
  -h | --help) usage && exit ;;
  -*) usage >&2 && exit 2 ;;
esac
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tag=${1:-$(git describe --always --dirty)}
prefix=${IMAGE_PREFIX:-localhost}

for engine in podman docker buildah; do
  command -v "$engine" >/dev/null && break
  engine=
done
[ -n "$engine" ] || {
  echo 'image: none of podman, docker and buildah is on PATH' >&2
  exit 1
}
for target in ${TARGETS:-functions transcode}; do
  image=$prefix/gst-functions/$target:$tag
  echo "image: building $image with $engine" >&2
  "$engine" build --target "$target" --tag "$image" --file Containerfile . >&2
  echo "$image"
done
