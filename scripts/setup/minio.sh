# The MinIO server, and for the bench its client: on PATH, in the cache, compiled, or (the server) taken out of its image.

minio_there() { there minio && { [ "${SETUP_BENCH:-}" != true ] || there mc; }; }
there() { command -v "$1" >/dev/null || [ -x "$cache/bin/$1" ]; }

install_minio() {
  mkdir -p "$cache/bin" "$cache/draft.minio"
  there minio || bring minio "$minio_version" || bring_from_image || missing minio "$minio_version"
  [ "${SETUP_BENCH:-}" != true ] || there mc || bring mc "$mc_version" || missing mc "$mc_version"
}

# bring PROGRAM VERSION
bring() {
  command -v go >/dev/null || return 1
  say "compiling $1 with Go, once: this takes some minutes"
  logged "$1" env CGO_ENABLED=0 GOBIN="$cache/draft.minio" go install "github.com/minio/$1@$2" && keep "$1"
}

bring_from_image() {
  local engine container
  for engine in docker podman; do
    command -v "$engine" >/dev/null || continue
    say "fetching the MinIO server with $engine"
    logged image timeout 300 "$engine" pull "$minio_image" || continue
    container=$("$engine" create "$minio_image" </dev/null) || continue
    "$engine" cp "$container:/usr/bin/minio" "$cache/draft.minio/minio" >&2 || true
    "$engine" rm "$container" >/dev/null || true
    keep minio && return
  done
  return 1
}

# keep PROGRAM: in its place, once it has been seen to run
keep() { "$cache/draft.minio/$1" --version >/dev/null 2>&1 && mv "$cache/draft.minio/$1" "$cache/bin/$1"; }

missing() {
  say "$1 is missing. Install Go 1.24 or newer (https://go.dev/dl), run this, then try again:"
  echo "CGO_ENABLED=0 GOBIN='$cache/bin' go install github.com/minio/$1@$2" >&2
  exit 1
}
