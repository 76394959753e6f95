/** A file system of a few bytes and files, which one process and its children see. */
import { spawnSync } from 'node:child_process';

/** Files and folders that it holds. */
const most = 200;

const mounting = (folder: string, bytes: number) => [
  'sh',
  '-c',
  `mount -t tmpfs -o size=${bytes},nr_inodes=${most} tmpfs '${folder}' && exec "$@"`,
  'sh',
];

/**
 * Words to put before a command that is to find a small file system at `folder`; undefined where this machine lets
 * nobody mount one: it takes root, or a user namespace.
 */
export function withSmallDisk(folder: string, bytes: number): string[] | undefined {
  const ways = [
    ['unshare', '--mount'],
    ['unshare', '--map-root-user', '--mount'],
  ].map((way) => [...way, ...mounting(folder, bytes)]);
  return ways.find(([command = '', ...words]) => spawnSync(command, [...words, 'true']).status === 0);
}
