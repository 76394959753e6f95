/** The environment of the child: nothing but what GStreamer and Node need. No credential, no token, no proxy. */
import { rankedOff } from '../graph/lint/policy/ranked-off.ts';
import { abiVariable, parentVariable } from './protocol.ts';

/** Taken over from the parent where set: where plugins, libraries and certificates are. */
const passedOn = [
  'GST_PLUGIN_PATH',
  'GST_PLUGIN_PATH_1_0',
  'GST_PLUGIN_SYSTEM_PATH',
  'GST_PLUGIN_SYSTEM_PATH_1_0',
  'GST_PLUGIN_SCANNER',
  'GST_PLUGIN_SCANNER_1_0',
  'GIO_MODULE_DIR',
  'FONTCONFIG_FILE',
  'FONTCONFIG_PATH',
  'LD_LIBRARY_PATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'TZ',
  'NODE_COMPILE_CACHE',
];

export interface EnvironmentOptions {
  env: NodeJS.ProcessEnv;
  registry: string;
  scratchRoot: string;
  /** Landlock ABI that the child is bound by. Default 0: none. */
  abi?: number;
}

export function childEnvironment({ env, registry, scratchRoot, abi = 0 }: EnvironmentOptions): Record<string, string> {
  const passed = Object.fromEntries(passedOn.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  return {
    ...passed,
    LC_ALL: 'C.UTF-8', // errors are told apart by their English texts
    HOME: scratchRoot,
    XDG_CACHE_HOME: scratchRoot,
    XDG_CONFIG_HOME: scratchRoot,
    XDG_DATA_HOME: scratchRoot,
    TMPDIR: scratchRoot,
    GST_REGISTRY: registry,
    GST_REGISTRY_UPDATE: 'no',
    GST_REGISTRY_FORK: 'no',
    GST_PLUGIN_FEATURE_RANK: rankedOff.map((name) => `${name}:NONE`).join(','),
    GST_DEBUG_NO_COLOR: '1',
    GSETTINGS_BACKEND: 'memory',
    GIO_USE_VFS: 'local',
    GIO_USE_PROXY_RESOLVER: 'dummy',
    NODE_NO_WARNINGS: '1',
    [parentVariable]: String(process.pid),
    [abiVariable]: String(abi),
  };
}
