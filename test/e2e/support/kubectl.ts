/** kubectl, as a person would use it: what the tests see is what the cluster tells. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
export type Json = any;

export interface KubectlOptions {
  input?: string;
  /** Give back what it said instead of failing. */
  mayFail?: boolean;
}

export async function run(command: string, args: readonly string[], { input, mayFail }: KubectlOptions = {}): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}); // it may have ended without reading
  child.stdin.end(input ?? '');
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (status === 0 || mayFail) return `${stdout}${status === 0 ? '' : stderr}`;
  throw new Error(`${command} ${args.join(' ')}: exit status ${status}\n${stderr}${stdout}`.slice(0, 4000));
}

export const kubectl = (args: readonly string[], options?: KubectlOptions): Promise<string> => run('kubectl', args, options);

export async function get(...args: string[]): Promise<Json> {
  return JSON.parse(await kubectl(['get', '-o', 'json', ...args]));
}

export async function items(...args: string[]): Promise<Json[]> {
  return (await get(...args)).items;
}

export const apply = (manifest: string, ...args: string[]): Promise<string> =>
  kubectl(['apply', '-f', '-', ...args], { input: manifest });

/** Status of a condition of an object; undefined where it has none. */
export function condition(object: Json, type: string): { status: string; reason?: string; message?: string } | undefined {
  return object.status?.conditions?.find((one: Json) => one.type === type);
}
