# node_modules as package-lock.json says, with the add-on compiled for the very Node that runs it.
# Needs node_home and node_running, as find_node prints them.

modules_stamp() { echo "$(sha256sum <"$root/package-lock.json") $node_running $(uname -m)"; }

modules_there() {
  [ -f "$root/node_modules/.set-up" ] && [ "$(cat "$root/node_modules/.set-up")" = "$(modules_stamp)" ]
}

install_modules() {
  export npm_config_nodedir=$node_home npm_config_ignore_scripts=false
  export PATH=$node_home/bin:$PATH
  cd "$root"
  # whoever ran npm by hand did the work already
  if ! node scripts/setup/modules-match.ts; then
    say 'installing npm packages (npm ci)'
    logged npm npm ci --no-audit --no-fund --include=dev --include=optional || die 'npm ci failed'
  fi
  if ! addons_load 2>/dev/null; then
    say 'compiling the add-ons'
    logged npm npm rebuild gstreamer-superficial koffi || die 'npm rebuild failed'
    addons_load || die "the add-ons do not load under Node $node_running"
  fi
  modules_stamp >node_modules/.set-up
}

addons_load() { node -e 'require("gstreamer-superficial"); require("koffi")' </dev/null; }
