# set_up: brings what is missing, says what it does, and is silent and quick where all is there. Sets node_home.

setup_parts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in settings packages node modules minio; do
  # shellcheck source=/dev/null
  . "$setup_parts/$part.sh"
done

set_up() {
  use_node || true
  if ! all_there; then
    mkdir -p "$cache" || die "the folder $cache cannot be made; set GST_FUNCTIONS_CACHE to one that can"
    (bring_missing) 9>"$cache/setup.lock" 8<"$root/package-lock.json" || exit 1
    use_node
  fi
}

all_there() { [ -n "${node_home:-}" ] && modules_there && minio_there && packages_there; }

# One at a time: for the cache (9), and for this checkout (8), whatever cache is used.
bring_missing() {
  flock -n 9 || { say 'waiting for another set-up' && flock 9; }
  flock 8
  trap 'rm -rf "$cache"/draft.*' EXIT
  rm -rf "$cache"/draft.* # of a set-up that was killed
  packages_there || install_packages
  node_there || install_node
  use_node
  modules_there || install_modules
  minio_there || install_minio
}

use_node() {
  local found
  found=$(find_node) || return 1
  node_home=${found% *} node_running=${found##* }
}
