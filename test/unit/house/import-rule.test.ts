import { describe, expect, it } from 'vitest';
import { findCycle, height, type Import, importsOf, roomOf } from './imports.ts';
import { files, read } from './repository.ts';

const program = files.filter((path) => /^(cli|functions|lib)\/.*\.ts$/.test(path));
const imports = new Map(program.map((path) => [path, importsOf(path, read(path))]));
const all = [...imports].flatMap(([path, list]) => list.map((one) => ({ path, ...one })));

/** Shapes that every part may name, where nothing is left of the import at run time. */
const sharedTypes = ['lib/events/types.ts', 'lib/graph/model.ts'];
const counts = ({ target, typeOnly }: Import) => !(typeOnly && sharedTypes.includes(target));

describe('how imports are read', () => {
  const cases: Array<[name: string, source: string, wanted: Import[]]> = [
    ['a statement', "import { a } from './b.ts';", [{ target: 'lib/x/b.ts', typeOnly: false }]],
    ['over several lines', "import {\n  a,\n  type B,\n} from '../y/index.ts';", [{ target: 'lib/y/index.ts', typeOnly: false }]],
    ['of types', "import type { A } from 'pino';", [{ target: 'pino', typeOnly: true }]],
    ['of types, each marked', "import { type A, type B } from 'pino';", [{ target: 'pino', typeOnly: true }]],
    [
      'passed on',
      "export { a } from './b.ts';\nexport * from './c.ts';",
      ['b', 'c'].map((f) => ({ target: `lib/x/${f}.ts`, typeOnly: false })),
    ],
    ['for its effect', "import 'node:net';", [{ target: 'node:net', typeOnly: false }]],
    ['when it is needed', "const m = await import('minio');", [{ target: 'minio', typeOnly: false }]],
    ['not in a comment', "// import 'minio'\n/* import a from 'minio'; */", []],
    ['not an export of its own', 'export const a = 1;\nexport function from() {}', []],
  ];
  it.each(cases)('%s', (_name, source, wanted) => {
    expect(importsOf('lib/x/a.ts', source)).toEqual(wanted);
  });

  it('finds a cycle over three rooms', () => {
    const edges = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c'])],
      ['c', new Set(['b'])],
    ]);
    expect(findCycle(edges)).toEqual(['b', 'c', 'b']);
    expect(findCycle(new Map([['a', new Set(['b'])]]))).toBeUndefined();
  });
});

describe('the import rule', () => {
  it('sees the program', () => {
    expect(program.length).toBeGreaterThan(100);
    expect(all.length).toBeGreaterThan(300);
  });

  it('lets every import reach a file that is there', () => {
    const local = all.filter(({ target }) => /^(cli|functions|lib|scripts|test)\//.test(target));
    expect(local.filter(({ target }) => !files.includes(target))).toEqual([]);
  });

  it('points one way: cli, functions, lib/runtime, the rest of lib; and no function knows another', () => {
    const wrong = all.filter(({ path, target }) => {
      const [from, to] = [roomOf(path), roomOf(target)];
      if (to === undefined) return /^(scripts|test|bench)\//.test(target);
      if (from === undefined) return true; // a file right in lib is below every room
      return from !== to && (height(to) > height(from) || (height(to) === height(from) && height(to) > 0));
    });
    expect(wrong.filter(counts)).toEqual([]);
  });

  it('makes no circle between rooms', () => {
    const edges = new Map<string, Set<string>>();
    for (const { path, target, typeOnly } of all) {
      const [from, to] = [roomOf(path), roomOf(target)];
      if (from === undefined || to === undefined || from === to || !counts({ target, typeOnly })) continue;
      edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
    expect(edges.get('functions/transcode')).toContain('lib/gst');
    expect(findCycle(edges)).toBeUndefined();
  });

  const outside =
    /^(node:)?(net|tls|dgram|dns|https?|http2|child_process|cluster|worker_threads)(\/|$)|^(minio|hono|@hono\/.*|@kubernetes\/.*|undici)$/;

  it.each(['lib/transform', 'lib/graph'])('keeps %s from network, processes and Kubernetes, whatever it imports', (room) => {
    const seen = new Map<string, string[]>();
    const follow = (path: string, way: string[]) => {
      if (seen.has(path)) return;
      seen.set(path, way);
      for (const { target, typeOnly } of imports.get(path) ?? []) if (!typeOnly) follow(target, [...way, target]);
    };
    for (const path of program.filter((file) => roomOf(file) === room)) follow(path, [path]);
    expect(seen.size).toBeGreaterThan(0);
    expect([...seen].filter(([target]) => outside.test(target)).map(([, way]) => way.join(' → '))).toEqual([]);
  });
});
