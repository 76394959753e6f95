# Debian packages: GStreamer and its plugins, and what the add-on is compiled with.

packages=(
  gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav gstreamer1.0-x libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  glib-networking   # TLS of souphttpsrc
  fonts-dejavu-core # textoverlay and the like find no letters without any font
  ffmpeg            # ffprobe checks what the tests made
)
# what only the tests of the page need; npm run test:browser asks for it
if [ "${SETUP_BROWSER:-}" = true ]; then packages+=(chromium); fi
# where another apt-get is at work: seconds between two tries, and how often
apt_lock_wait=10
apt_lock_waits=30
# command:package, where it does not matter whose it is
commands=(pkg-config:pkg-config python3:python3 make:make g++:g++)

# One package a line.
missing_packages() {
  local entry
  for entry in "${commands[@]}"; do
    command -v "${entry%%:*}" >/dev/null || echo "${entry##*:}"
  done
  if command -v dpkg-query >/dev/null; then
    # shellcheck disable=SC2016 # dpkg fills the names in
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
      { grep '^installed ' || true; } | cut -d ' ' -f 2 | sort -u | comm -13 - <(printf '%s\n' "${packages[@]}" | sort)
  elif ! pkg-config --exists gstreamer-1.0 gstreamer-app-1.0 2>/dev/null || ! command -v gst-inspect-1.0 >/dev/null ||
    ! command -v ffprobe >/dev/null || { [ "${SETUP_BROWSER:-}" = true ] && ! command -v chromium >/dev/null; }; then
    printf '%s\n' "${packages[@]}" # another distribution: all are named, for they have other names there
  fi
}

packages_there() { [ -z "$(missing_packages)" ]; }

install_packages() {
  local missing install
  mapfile -t missing < <(missing_packages)
  command -v apt-get >/dev/null ||
    die "this is no Debian; install what these packages hold with the system's own means, then try again: ${missing[*]}"
  install=(apt-get install -y --no-install-recommends -o "DPkg::Lock::Timeout=$((apt_lock_wait * apt_lock_waits))" "${missing[@]}")
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      local line="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
      say 'packages of the system are missing, and installing them needs root. Run this, then try again:'
      if command -v sudo >/dev/null; then echo "sudo sh -c '$line'" >&2; else echo "su -c '$line'" >&2; fi
      exit 1
    fi
  fi
  say "installing packages of the system: ${missing[*]}"
  # apt-get waits for the lock of dpkg, but gives up at that of its lists, which a system that has just started often holds
  local waits=0
  until logged apt "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update; do
    if ((waits++ == apt_lock_waits)) || ! grep -q 'Unable to lock' "$cache/apt.log"; then die 'apt-get update failed'; fi
    say "another apt-get is at work; trying again in $apt_lock_wait s"
    sleep "$apt_lock_wait"
  done
  logged apt "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" || die 'apt-get install failed'
  packages_there || die "still missing: $(missing_packages | tr '\n' ' ')"
}
