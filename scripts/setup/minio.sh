# The MinIO server: on PATH, in the cache, compiled, or taken out of its image.

minio_there() { command -v minio >/dev/null || [ -x "$cache/bin/minio" ]; }

install_minio() {
  mkdir -p "$cache/bin" "$cache/draft.minio"
  local draft=$cache/draft.minio/minio
  minio_from_go || minio_from_image || {
    say 'MinIO is missing. Install Go 1.24 or newer (https://go.dev/dl), run this, then try again:'
    echo "CGO_ENABLED=0 GOBIN='$cache/bin' go install github.com/minio/minio@$minio_version" >&2
    exit 1
  }
  mv "$draft" "$cache/bin/minio"
}

minio_from_go() {
  command -v go >/dev/null || return 1
  say 'compiling the MinIO server with Go, once: this takes some minutes'
  logged minio env CGO_ENABLED=0 GOBIN="$cache/draft.minio" go install "github.com/minio/minio@$minio_version" && runs "$draft"
}

minio_from_image() {
  local engine container
  for engine in docker podman; do
    command -v "$engine" >/dev/null || continue
    say "fetching the MinIO server with $engine"
    logged image timeout 300 "$engine" pull "$minio_image" || continue
    container=$("$engine" create "$minio_image" </dev/null) || continue
    "$engine" cp "$container:/usr/bin/minio" "$draft" >&2 || true
    "$engine" rm "$container" >/dev/null || true
    runs "$draft" && return
  done
  return 1
}

runs() { "$1" --version >/dev/null 2>&1; }
