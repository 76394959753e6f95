/** Which file of the program imports which, read from the statements. */
import { posix } from 'node:path';

export interface Import {
  /** Path from the top of the repository, or the name of a package or of a part of Node. */
  target: string;
  /** Gone when the types are stripped. */
  typeOnly: boolean;
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?([^;'"]*?)\s*from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
const call = /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]\s*\)/g;

/** @param path of the file, from the top of the repository */
export function importsOf(path: string, source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  const resolve = (target: string) => (target.startsWith('.') ? posix.join(posix.dirname(path), target) : target);
  const statements = [...code.matchAll(statement)].map(([, type, names = '', from, bare]) => ({
    target: resolve((from ?? bare) as string),
    typeOnly: type !== undefined || everyNameIsType(names),
  }));
  return [
    ...statements,
    ...[...code.matchAll(call)].map(([, target]) => ({ target: resolve(target as string), typeOnly: false })),
  ];
}

function everyNameIsType(names: string): boolean {
  const listed = /^\{([\s\S]*)\}$/
    .exec(names.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim());
  return listed?.filter(Boolean).every((name) => name.startsWith('type ')) ?? false;
}

/** `cli`, `functions/transcode`, `lib/gst`; a file right in lib is of no room. */
export function roomOf(path: string): string | undefined {
  const [top = '', room, file] = path.split('/');
  if (top === 'cli') return 'cli';
  return (top === 'functions' || top === 'lib') && file !== undefined ? `${top}/${room}` : undefined;
}

/** How far up: a room imports those that are lower, and in lib/ those at its side. */
export function height(room: string): number {
  if (room === 'cli') return 3;
  if (room.startsWith('functions/')) return 2;
  return room === 'lib/runtime' ? 1 : 0;
}

/** The rooms of a cycle, the first one twice; nothing where there is none. */
export function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (room: string, way: string[]): string[] | undefined => {
    if (way.includes(room)) return [...way.slice(way.indexOf(room)), room];
    if (done.has(room)) return undefined;
    done.add(room);
    for (const next of edges.get(room) ?? []) {
      const cycle = visit(next, [...way, room]);
      if (cycle) return cycle;
    }
    return undefined;
  };
  for (const room of edges.keys()) {
    const cycle = visit(room, []);
    if (cycle) return cycle;
  }
  return undefined;
}
