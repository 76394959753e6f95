/** What a pipeline cannot reach, each act first seen to succeed without the sandbox. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectFindings } from '../../../lib/finding.ts';
import { lintGraph, loadCatalogue } from '../../../lib/graph/index.ts';
import type { Graph } from '../../../lib/graph/model.ts';
import { childFiles } from '../../../lib/gst/entry.ts';
import { landlockAbi, tcpAbi } from '../../../lib/gst/landlock.ts';
import { chain, childrenOf, type EngineBench, startEngineBench } from '../../support/engine.ts';

let confined: EngineBench;
let open: EngineBench;
let source: { kind: 'file'; path: string };
let openSource: typeof source;
/** Of this kernel: that of Debian 12 binds files, and no TCP ports. */
const abi = landlockAbi();
const bound = { abi, files: true, tcp: abi >= tcpAbi };
const warnings = { confined: [] as string[], open: [] as string[] };
const secret = 'a secret of the server, long enough to be seen';
const outside = join(tmpdir(), `gst-outside-${process.pid}`);
const secretFile = `${outside}.secret`;
/** As it is mounted in a pod: a link to a link to the file. */
const serviceAccount = `${outside}.serviceaccount`;
let server: Server;
let hits = 0;
let sleeper: ChildProcess;

beforeAll(async () => {
  process.env.GST_TEST_SECRET = secret;
  confined = await startEngineBench({ requireSandbox: true, onWarning: (message) => warnings.confined.push(message) });
  open = await startEngineBench({ sandbox: false, onWarning: (message) => warnings.open.push(message) });
  for (const { folder } of [confined, open]) await writeFile(join(folder, 'in.txt'), 'input');
  source = { kind: 'file', path: join(confined.folder, 'in.txt') };
  openSource = { kind: 'file', path: join(open.folder, 'in.txt') };
  await writeFile(secretFile, secret);
  await mkdir(join(serviceAccount, '..2026'), { recursive: true });
  await writeFile(join(serviceAccount, '..2026', 'token'), secret);
  await symlink('..2026', join(serviceAccount, '..data'));
  await symlink(join('..data', 'token'), join(serviceAccount, 'token'));
  sleeper = spawn('sleep', ['300'], { env: { PATH: process.env.PATH, GST_TEST_SECRET: secret } });
  server = createServer((_request, response) => {
    hits++;
    response.end(secret);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  delete process.env.GST_TEST_SECRET;
  await Promise.all([confined?.close(), open?.close()]);
  server?.close();
  sleeper?.kill('SIGKILL');
  await rm(secretFile, { force: true });
  await rm(outside, { force: true });
  await rm(serviceAccount, { recursive: true, force: true });
});

/** The source goes nowhere; what `reader` gives goes to the output. The lint would refuse it: it is not asked here. */
function instead(factory: string, properties: Graph['nodes'][number]['properties']): Graph {
  return {
    nodes: [
      { id: 'drop', factory: 'fakesink', properties: { sync: false }, at: 0 },
      { id: 'reader', factory, properties, at: 1 },
      { id: 'pass', factory: 'identity', properties: {}, at: 2 },
    ],
    links: [{ from: { node: 'reader' }, to: { node: 'pass' }, at: 2 }],
    source: { node: 'drop' },
    outputs: [{ name: 'out', from: { node: 'pass' }, at: 3 }],
  };
}

async function attempt(bench: EngineBench, graph: Graph): Promise<string> {
  const input = bench === open ? openSource : source;
  const { files } = await bench.run(graph, input).catch((error) => {
    throw new Error(`${error.code}: ${error.debug ?? error.message}`);
  });
  return readFile(files.out ?? '', 'utf8');
}

/** NoNewPrivs of each thread of a process: set together with the ruleset, and shown where that is not. */
async function privileges(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const states = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/status`, 'latin1').catch(() => '')),
  );
  return states.flatMap((status) => /^NoNewPrivs:\s+(\d)$/m.exec(status)?.[1] ?? []);
}

describe('the lint, before the sandbox is asked,', () => {
  const attempts: Array<[what: string, factory: string, properties: Graph['nodes'][number]['properties']]> = [
    ['a reader of /etc/passwd', 'multifilesrc', { location: '/etc/passwd' }],
    ['a reader of /etc/passwd, otherwise', 'filesrc', { location: '/etc/passwd' }],
    ["a reader of a service account's token", 'filesrc', { location: '/var/run/secrets/kubernetes.io/serviceaccount/token' }],
    ['a writer outside of scratch', 'filesink', { location: outside }],
    ['a connection to another port', 'souphttpsrc', { location: 'http://127.0.0.1:6443/' }],
    ['a connection to another port, otherwise', 'tcpclientsrc', { host: '127.0.0.1', port: 6443 }],
  ];
  it.each(attempts)('refuses %s', (_what, factory, properties) => {
    const findings = collectFindings(() => undefined);
    const outlets = [{ name: 'out', directory: false }];
    lintGraph(instead(factory, properties), loadCatalogue(), { outlets }, findings);
    expect(findings.all).toContainEqual(expect.objectContaining({ severity: 'error', rule: expect.stringMatching(/^refused-/) }));
  });
});

describe('the sandbox', () => {
  it('is there and binds files, TCP ports where the kernel can, and what it lacks is told once', async () => {
    for (let runs = 0; runs < 2; runs++) {
      await confined.run(chain('identity'), source);
      await open.run(chain('identity'), openSource);
    }
    expect(confined.engine.sandbox).toEqual(bound);
    const weaker = `pipelines run with a weaker sandbox: Landlock ABI ${abi} cannot bind TCP ports`;
    expect(warnings.confined).toEqual(bound.tcp ? [] : [weaker]);
    expect(open.engine.sandbox).toEqual({ abi: 0, files: false, tcp: false });
    expect(warnings.open).toEqual(['pipelines run without a sandbox: it is switched off']);
  });

  it('binds every thread of a child from the moment that it is Node, and none of the server', async () => {
    // their spare children are no news
    await Promise.all([confined.engine.warm(), open.engine.warm()]);
    const privilegesOf = async (sandbox: boolean) => {
      const bench = await startEngineBench({ sandbox });
      try {
        const before = new Set(await childrenOf(process.pid));
        const loaded = bench.engine.warm().then(() => true);
        const seen: string[][] = [];
        while (!(await Promise.race([loaded, childrenOf(process.pid).then(() => false)]))) {
          for (const child of await childrenOf(process.pid)) {
            const isNode = (await readlink(`/proc/${child}/exe`).catch(() => '')) === process.execPath;
            if (isNode && !before.has(child)) seen.push(await privileges(child));
          }
        }
        expect(Math.max(...seen.map((threads) => threads.length))).toBeGreaterThan(3);
        return [...new Set(seen.flat())];
      } finally {
        await bench.close();
      }
    };
    expect(await privilegesOf(false)).toEqual(['0']);
    expect(await privilegesOf(true)).toEqual(['1']);
    expect(new Set(await privileges(process.pid))).toEqual(new Set(['0']));
  });

  it('hands no ruleset on to the child', async () => {
    await confined.engine.warm();
    const children = await childrenOf(process.pid);
    const files = await Promise.all(
      children.map((pid) =>
        readdir(`/proc/${pid}/fd`).then((fds) => Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))),
      ),
    );
    expect(files.flat()).toContainEqual(expect.stringMatching(/^socket:/));
    expect(files.flat().filter((file) => file.includes('landlock'))).toEqual([]);
  });

  it('binds the child where there is no perl as well', async () => {
    const other = await startEngineBench({ requireSandbox: true, files: { ...childFiles(), stage1Perl: '/nowhere/stage1.pl' } });
    try {
      await writeFile(join(other.folder, 'in.txt'), 'input');
      const input = { kind: 'file', path: join(other.folder, 'in.txt') } as const;
      await other.run(chain('identity'), input);
      expect(other.engine.sandbox).toEqual(bound);
      const read = (location: string) => other.run(instead('multifilesrc', { location, 'stop-index': 0 }), input);
      await expect(read('/proc/self/environ')).resolves.toBeTruthy();
      for (const location of [secretFile, '/etc/passwd', `/proc/${process.pid}/cmdline`]) {
        await expect(read(location)).rejects.toThrow();
      }
    } finally {
      await other.close();
    }
  });

  const reads: Array<[what: string, path: () => string]> = [
    ['a file outside', () => secretFile],
    ['the environment of a process outside', () => `/proc/${sleeper.pid}/environ`],
    ['/etc/passwd', () => '/etc/passwd'],
    ["the token of a pod's service account", () => join(serviceAccount, 'token')],
    ['the memory map of the server', () => `/proc/${process.pid}/maps`],
    ['the command line of the server', () => `/proc/${process.pid}/cmdline`],
  ];
  it.each(reads)('keeps %s from being read', async (_what, path) => {
    const graph = instead('multifilesrc', { location: path(), 'stop-index': 0 });
    expect((await attempt(open, graph)).length).toBeGreaterThan(20);
    await expect(attempt(confined, graph)).rejects.toThrow(/Permission denied|Could not open|not open/i);
  });

  it("leaves nothing of the server's environment in the child's own", async () => {
    const graph = instead('multifilesrc', { location: '/proc/self/environ', 'stop-index': 0 });
    for (const bench of [open, confined]) {
      const environment = await attempt(bench, graph);
      expect(environment).toContain('GST_REGISTRY=');
      expect(environment).not.toContain(secret);
    }
  });

  it('keeps a file outside of scratch from being written', async () => {
    const graph = chain('tee');
    const own = { id: 'own', factory: 'queue', properties: {}, at: 1 };
    const writer = { id: 'writer', factory: 'filesink', properties: { location: outside }, at: 1 };
    const queue = { id: 'q', factory: 'queue', properties: {}, at: 1 };
    const spying: Graph = {
      ...graph,
      nodes: [...graph.nodes, own, writer, queue],
      links: [
        { from: { node: 'e0' }, to: { node: 'own' }, at: 1 },
        { from: { node: 'own' }, to: { node: 'writer' }, at: 1 },
        { from: { node: 'e0' }, to: { node: 'q' }, at: 1 },
      ],
      outputs: [{ name: 'out', from: { node: 'q' }, at: 2 }],
    };
    await attempt(open, spying);
    expect(existsSync(outside)).toBe(true);
    await rm(outside);
    await expect(attempt(confined, spying)).rejects.toThrow(/Permission denied|Could not open/i);
    expect(existsSync(outside)).toBe(false);
  });

  it('keeps a scratch folder of another run from being read', async () => {
    const { files } = await confined.run(chain('identity'), source);
    expect(await readFile(files.out ?? '', 'utf8')).toBe('input');
    await expect(attempt(confined, instead('filesrc', { location: files.out ?? '' }))).rejects.toThrow(
      /Permission denied|Could not open/i,
    );
  });

  it('keeps TCP connections to other ports than the storage’s from being made, where the kernel can bind them', async () => {
    const { port } = server.address() as AddressInfo;
    const graph = instead('souphttpsrc', { location: `http://127.0.0.1:${port}/` });
    expect(await attempt(open, graph)).toBe(secret);
    const seen = hits;
    expect(seen).toBeGreaterThan(0);
    if (bound.tcp) await expect(attempt(confined, graph)).rejects.toThrow();
    else expect(await attempt(confined, graph)).toBe(secret);
    expect(hits > seen).toBe(!bound.tcp);
  });

  const hosts = ['127.0.0.1', 'localhost'];
  it.each(hosts)('lets the storage be read, named as %s', async (host) => {
    const { port } = server.address() as AddressInfo;
    const { files } = await confined.run(chain('identity'), {
      kind: 'http',
      url: `http://${host}:${port}/object`,
      headers: {},
      verify: true,
    });
    expect(await readFile(files.out ?? '', 'utf8')).toBe(secret);
  });
});
