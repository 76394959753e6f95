/** Every page whose commands can be run is followed, as a reader would: in a copy of this repository, in order, as they stand. */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../cli/dev/free-port.ts';
import { type Block, blocksOf, withoutChance } from '../../support/docs.ts';
import { files, read } from '../../unit/house/repository.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const blocks = new Map(
  files
    .filter((path) => path.endsWith('.md'))
    .map((page): [string, Block[]] => [page, blocksOf(page, read(page))])
    .filter(([, found]) => found.some(({ language }) => language === 'sh')),
);
const tutorial = 'docs/tutorial.md';
/** What a clone has and a reader needs. */
const product = files.filter((path) => /^(bin|cli|docs|examples|functions|knative|lib|scripts)\/|^[^/]+$/.test(path));
/** As the pages have it, and as Transforms name it. */
const documented = '127.0.0.1:9000';

const pageTimeout = 300_000; // ms

let clone: string;
const folders: string[] = [];

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'gst-docs-'));
  folders.push(clone);
  for (const path of product) await cp(join(root, path), join(clone, path), { recursive: true });
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
});
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Runs the blocks in one shell; what each printed, up to the one that failed. */
async function follow(page: string, steps: readonly Block[]): Promise<{ status: number; printed: string[]; where: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-docs-page-'));
  folders.push(folder);
  await cp(clone, folder, { recursive: true, verbatimSymlinks: true });
  const said = (at: number) => join(folder, `.block-${at}`);
  const port = await freePort();
  const script = steps.map(({ language, about, text }, at) => {
    if (language !== 'sh') return save(about, text);
    const here = text.replaceAll(`http://${documented}`, `http://127.0.0.1:${port}`);
    return runsOn(here) ? background(here, said(at), port) : `{\n${here}\n} >'${said(at)}' 2>&1`;
  });
  await writeFile(join(folder, '.page.sh'), [prelude, ...script].join('\n'));
  const child = spawn('bash', [join(folder, '.page.sh')], {
    cwd: folder,
    // curl of the pages goes straight to this machine, whatever proxy the shell names
    env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, no_proxy: '127.0.0.1', NO_PROXY: '127.0.0.1' },
    stdio: 'ignore',
    detached: true, // so that its commands can be ended with it
  });
  const limit = setTimeout(() => process.kill(-(child.pid as number), 'SIGTERM'), pageTimeout);
  const status = await new Promise<number>((done) => child.once('exit', (code) => done(code ?? 1)));
  clearTimeout(limit);
  const printed = await Promise.all(steps.map((_, at) => readFile(said(at), 'utf8').catch(() => '')));
  const last = steps.findLastIndex((_, at) => printed[at] !== '');
  return { status, printed, where: `${page}:${steps[last]?.line}\n${printed[last]}` };
}

const prelude = `set -eu
dev=
trap '[ -z "$dev" ] || { kill -TERM -- -"$dev"; wait "$dev" || true; }' EXIT`;

const runsOn = (text: string) => /^\s*(\w+=\S+ )*gst-functions dev\b/.test(text);

/** Until it says how to end it. A process group of its own, so that it can be ended as Ctrl-C does. */
const background = (text: string, output: string, port: number) => `set -m
{ ${text.trimEnd()} --minio-port ${port} --endpoint-alias ${documented}
} >'${output}' 2>&1 &
dev=$!
set +m
until grep -q Ctrl-C '${output}'; do kill -0 "$dev"; sleep 0.05; done`;

const save = (path: string, text: string) => `mkdir -p '${dirname(path)}'
cat >'${path}' <<'END OF FILE'
${text}END OF FILE`;

const steps = (page: string) =>
  (blocks.get(page) ?? []).filter(({ language, about }) => language === 'sh' || (language === 'yaml' && about !== ''));

describe('the commands of the pages', () => {
  it('are many', () => expect(blocks.size).toBeGreaterThanOrEqual(5));

  it.each([...blocks.keys()])(
    '%s does what it says',
    async (page) => {
      if (page !== tutorial) await holiday();
      const all = steps(page);
      const { status, printed, where } = await follow(page, all);
      expect(status, where).toBe(0);
      for (const { step, lines } of promised(page)) {
        const found = (printed[all.indexOf(step)] ?? '').split('\n').map(withoutChance);
        for (const line of lines) expect(found, `${page}:${step.line}`).toContain(line);
      }
    },
    2 * pageTimeout,
  );
});

/** What pages say that a command prints. */
function promised(page: string): Array<{ step: Block; lines: string[] }> {
  const all = blocks.get(page) ?? [];
  return all.flatMap(({ language, about, text }, at) => {
    const step = all[at - 1];
    if (language !== 'text' || about !== '' || step?.language !== 'sh') return [];
    const lines = text.split('\n').map(withoutChance);
    return [{ step, lines: lines.filter((line) => line !== '' && line !== '…') }];
  });
}

/** The film that other pages begin with, made as the tutorial makes it. */
let made: Promise<unknown> | undefined;
function holiday(): Promise<unknown> {
  const making = (blocks.get(tutorial) ?? []).find(({ text }) => text.includes('gst-launch-1.0'));
  made ??= promisify(execFile)('bash', ['-c', making?.text ?? 'exit 1'], { cwd: clone });
  return made;
}
