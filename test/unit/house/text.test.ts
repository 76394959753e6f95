import { describe, expect, it } from 'vitest';
import { files, read } from './repository.ts';

const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
const pages = files.filter((path) => path.endsWith('.md'));
const product = files.filter((path) =>
  /^(cli|functions|lib|scripts|knative|examples|\.ci)\/|^(Containerfile|func\.yaml)$/.test(path),
);

const linesWith = (paths: readonly string[], pattern: RegExp) =>
  paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );

describe('the text of this repository', () => {
  it('names only npm scripts that are there', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md']));
    const named = [...pages, '.ci/run'].flatMap((path) =>
      [...read(path).matchAll(/\bnpm (?:run (?:--silent )?([a-z][\w:-]*)|(test|start)\b)/g)].map(
        ([, run, short]) => `${path}: ${run ?? short}`,
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((one) => !scripts.includes(one.split(': ')[1] as string))).toEqual([]);
  });

  it('links only to files that are there', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, link = '']) => {
        const path = new URL(link, `file:///${page}`).pathname.slice(1);
        return files.some((file) => file === path || file.startsWith(path.replace(/\/?$/, '/'))) ? [] : [`${page}: ${link}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('leaves nothing for later', () => {
    const mark = new RegExp(['TO', 'DO|FIX', 'ME|XX', 'X\\b|HA', 'CK\\b'].join(''));
    expect(mark.test('// TO'.concat('DO: more'))).toBe(true);
    expect(linesWith(product, mark)).toEqual([]);
  });

  it('names no folder of any one machine', () => {
    const folder = /(^|[\s'"`=:(])\/(root|work|home\/[a-z]+)\//;
    expect(folder.test('cd /ro'.concat('ot/x'))).toBe(true);
    const texts = files.filter((path) => !/\.(png|jpe?g|gif|ico|woff2?|bin|mp4|mkv|ts\.gz)$/.test(path));
    expect(linesWith(texts, folder)).toEqual([]);
  });
});
