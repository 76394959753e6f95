/** File systems that one process and its children see: of a few bytes and files, or one that can only be read. */
import { spawnSync } from 'node:child_process';

/** Files and folders that it holds. */
const most = 200;

const mounting = (folder: string, options: string) => [
  'sh',
  '-c',
  `mount -t tmpfs -o ${options} tmpfs '${folder}' && exec "$@"`,
  'sh',
];

/**
 * Words to put before a command that is to find a small file system at `folder`; undefined where this machine lets
 * nobody mount one: it takes root, or a user namespace.
 */
export const withSmallDisk = (folder: string, bytes: number): string[] | undefined =>
  withDisk(folder, `size=${bytes},nr_inodes=${most}`);

/** The like, before a command that is to find an empty file system at `folder` that can only be read. */
export const withReadOnlyDisk = (folder: string): string[] | undefined => withDisk(folder, 'ro');

function withDisk(folder: string, options: string): string[] | undefined {
  const ways = [
    ['unshare', '--mount'],
    ['unshare', '--map-root-user', '--mount'],
  ].map((way) => [...way, ...mounting(folder, options)]);
  return ways.find(([command = '', ...words]) => spawnSync(command, [...words, 'true']).status === 0);
}
