import { Ajv2020 } from 'ajv/dist/2020.js';
import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { compileFilters } from '../../../cli/dev/broker/filters.ts';
import { program } from '../../../cli/program.ts';
import { functionNames } from '../../../cli/serve/index.ts';
import { eventSchema, type schemaNames } from '../../../lib/events/schemas.ts';
import { loadCatalogue } from '../../../lib/graph/index.ts';
import { parseTransforms, resolve } from '../../../lib/transform/index.ts';
import { type Block, blocksOf, proseOf, withoutChance } from '../../support/docs.ts';
import { files, read } from './repository.ts';

const pages = files.filter((path) => /^(README|CONTRIBUTING)\.md$|^docs\/.*\.md$/.test(path));
const blocks = pages.flatMap((page) => blocksOf(page, read(page)));
const of = (...languages: string[]): Array<[where: string, block: Block]> =>
  blocks.filter(({ language }) => languages.includes(language)).map((block) => [`${block.page}:${block.line}`, block]);

/** What pages tell the reader to save. */
const saved = blocks.filter(({ language }) => language === 'yaml').map(({ about }) => about);

const catalogue = loadCatalogue();
/** What a fragment of a spec leaves out. */
const plainSpec = {
  globals: { minio: { endpoint: 'minio:9000', bucket: 'media', credentialsSecret: { name: 'minio-credentials' } } },
  src: { minio: { key: 'in/' } },
  pipeline: { elements: [{ name: 'decodebin' }, { name: 'videoconvert' }, { name: 'jpegenc' }] },
};
const plainSink = { sink: { minio: { key: 'out/{{ .SrcKey }}.jpg' } } };

/** Faults of the Transforms in `text`; of a fragment of a spec, those of a Transform with it. */
function faultsIn(text: string): string[] {
  const { resources, findings } = parseTransforms(text);
  const all = [...findings, ...resources.flatMap((resource) => resolve(resource, { catalogue }).findings)];
  return all.filter(({ severity }) => severity === 'error').map(({ path, message }) => `${path}: ${message}`);
}

function faultsOfFragment(value: Record<string, object>): string[] {
  const sink = value.sinks === undefined ? plainSink : {};
  const spec = { ...plainSpec, ...sink, ...value, pipeline: { ...plainSpec.pipeline, ...value.pipeline } };
  return faultsIn(stringify({ apiVersion: 'pipelines.gst.io/v1', kind: 'Transform', metadata: { name: 'fragment' }, spec }));
}

const specFields = ['globals', 'src', 'sink', 'sinks', 'video', 'audio', 'pipeline', 'execution', 'suspend'];

describe('how the checks of pages see', () => {
  it('a block with its indent, its name and its line', () => {
    expect(blocksOf('a.md', '1. one\n\n   ```yaml a/b.yaml\n   x:\n     y: 1\n   ```\n')).toEqual([
      { page: 'a.md', line: 3, language: 'yaml', about: 'a/b.yaml', text: 'x:\n  y: 1\n' },
    ]);
  });

  it('a wrong element, in a Transform and in a fragment', () => {
    const elements = [{ name: 'decodebin' }, { name: 'jpegencc' }];
    expect(faultsOfFragment({ pipeline: { elements } }).join()).toContain('jpegencc');
    expect(faultsOfFragment({ pipeline: { limits: { timeout: '5m' } } })).toEqual([]);
    expect(faultsOfFragment({ pipeline: { limits: { timeouts: '5m' } } })).not.toEqual([]);
  });

  it('a command, and an option, that are not there', () => {
    expect(unknownIn('gst-functions paint a.yaml')).toEqual(['gst-functions paint']);
    expect(unknownIn('gst-functions run a.yaml b.mkv --fast -o out')).toEqual(['gst-functions run --fast']);
    expect(unknownIn('gst-functions serve painter')).toEqual(['gst-functions serve painter']);
    expect(unknownIn('A=1 gst-functions dev --transforms x | tail --lines 3')).toEqual([]);
  });

  it('lines that differ by chance only as the same, and no others', () => {
    expect(withoutChance('done in 3.7 s  thumbnail-gni452hfcszjnr4vb3fft4us62')).toBe('done in 0 s thumbnail-JOB');
    expect(withoutChance('a.jpg  27.5 kB  video jpeg 320x180')).toBe('a.jpg 0 kB video jpeg 320x180');
  });
});

describe('pages', () => {
  it('are in the index, each of them', () => {
    const index = read('docs/README.md');
    const others = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    expect(others.length).toBeGreaterThan(15);
    expect(others.filter((page) => !index.includes(`](${page.slice('docs/'.length)})`))).toEqual([]);
  });

  it('show every example in the index', () => {
    const examples = files.filter((path) => path.startsWith('examples/'));
    expect(examples.length).toBeGreaterThan(10);
    expect(examples.filter((path) => !read('docs/README.md').includes(`](../${path})`))).toEqual([]);
  });

  it('have blocks of known languages only, so that each is checked', () => {
    const known = ['sh', 'console', 'text', 'yaml', 'json', 'mermaid', 'dockerfile', 'ini'];
    expect(
      blocks.filter(({ language }) => !known.includes(language)).map(({ page, line, language }) => `${page}:${line} ${language}`),
    ).toEqual([]);
  });

  it('name only commands and options of gst-functions that are there', () => {
    const found = pages.flatMap((page) => {
      const text = read(page);
      const code = [...proseOf(text).matchAll(/`(gst-functions [^`]+)`/g)].map(([, inline = '']) => inline);
      const lines = blocksOf(page, text).filter(({ language }) => ['sh', 'console'].includes(language));
      // remedies stand in the table of errors as plain words
      const words = page === 'docs/reference/errors.md' ? (text.match(/gst-functions [a-z]+/g) ?? []) : [];
      return [...code, ...words, ...lines.map((block) => block.text)].flatMap((one) =>
        unknownIn(one).map((unknown) => `${page}: ${unknown}`),
      );
    });
    expect(found).toEqual([]);
  });

  it('link only to headings that are there', () => {
    expect(headingsIn('# `A` page, of two\n```sh\n# no heading\n```\n## Next: 1\n')).toEqual(['a-page-of-two', 'next-1']);
    const links = pages.flatMap((page) =>
      [...proseOf(read(page)).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].map(([, path = '', heading = '']) => ({
        page,
        path,
        heading,
      })),
    );
    expect(links.length).toBeGreaterThan(10);
    const broken = links.filter(({ page, path, heading }) => {
      const target = path === '' ? page : new URL(path, `file:///${page}`).pathname.slice(1);
      return !headingsIn(read(target)).includes(heading);
    });
    expect(broken).toEqual([]);
  });

  it('name only files and folders that are there', () => {
    const missing = pages.flatMap((page) =>
      [...read(page).matchAll(/(?<![\w./@-])((?:bin|cli|docs|examples|functions|knative|lib|scripts|test)\/[\w./-]*\w)/g)]
        .map(([, path = '']) => path)
        .filter((path) => ![...files, ...saved].some((file) => file === path || file.startsWith(`${path}/`)))
        .map((path) => `${page}: ${path}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('YAML of pages', () => {
  it.each(of('yaml'))('%s is without fault', (_where, { text, about }) => {
    for (const document of parseAllDocuments(text)) {
      expect(document.errors).toEqual([]);
      const value = document.toJS();
      if (value.apiVersion === 'pipelines.gst.io/v1') expect(faultsIn(String(document))).toEqual([]);
      else if (value.kind === 'Trigger') expect(() => compileFilters(value.spec)).not.toThrow();
      else if (value.kind === 'Kustomization') expect(missingIn(value, about)).toEqual([]);
      else if (value.apiVersion) expect(value).toMatchObject({ kind: expect.any(String) });
      else {
        expect(specFields).toEqual(expect.arrayContaining(Object.keys(value)));
        expect(faultsOfFragment(value)).toEqual([]);
      }
    }
  });
});

describe('JSON of pages', () => {
  const json = of('json');
  it('is there', () => expect(json.length).toBeGreaterThan(0));

  it.each(json)('%s is JSON, and the data of the event that it says', (_where, { about, text }) => {
    const value = JSON.parse(text);
    if (about === '') return;
    const valid = new Ajv2020({ strict: false }).compile(eventSchema(about as (typeof schemaNames)[number]));
    valid(value);
    expect(valid.errors).toBeNull();
  });
});

describe('the Triggers that tell another system', () => {
  const page = blocksOf('tell', read('docs/how-to/tell-another-system.md'));
  const [told, ofThumbnails] = page
    .filter(({ language }) => language === 'yaml')
    .map(({ text }) => compileFilters(parse(text).spec));
  const samples = Object.fromEntries(
    page.filter(({ about }) => about !== '').map(({ about, text }) => [about, JSON.parse(text)]),
  );
  const event = (kind: string, job: string) =>
    new CloudEvent({ id: '1', source: '/transcode', type: `io.gst.pipelines.transform.${kind}`, subject: job });

  it('take the events that the page shows', () => {
    expect(told?.(event('succeeded', samples.succeeded.job))).toBe(true);
    expect(told?.(event('failed', samples.failed.job))).toBe(true);
    expect(ofThumbnails?.(event('succeeded', samples.succeeded.job))).toBe(true);
  });

  it('leave the others', () => {
    for (const kind of ['requested', 'progress', 'retrying']) expect(told?.(event(kind, samples.failed.job))).toBe(false);
    expect(ofThumbnails?.(event('failed', samples.failed.job))).toBe(false);
    expect(ofThumbnails?.(event('succeeded', 'hls-yhguw2z5tso6kwudne7i2slft2'))).toBe(false);
  });
});

describe('the page for those who come from gst-pipeline-operator', () => {
  const page = read('docs/how-to/migrate.md');
  /** Every field of its resources. */
  const fields = [
    ...['globals', 'src', 'sink', 'video', 'audio', 'endpoint', 'insecureNoTLS', 'endpointCA', 'insecureSkipVerify', 'region'],
    ...['bucket', 'key', 'exclude', 'credentialsSecret', 'image', 'resources', 'logLevel', 'path', 'render', 'timestamped'],
    ...['interval', 'name', 'alias', 'properties', 'goto', 'linkto', 'video-out', 'audio-out'],
  ];

  it.each(fields)('says what becomes of %s', (field) => {
    const code = [...proseOf(page).matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
    expect(code.some((text) => text.split(/[.[\]]+/).includes(field))).toBe(true);
  });
});

describe('the layout in CONTRIBUTING.md', () => {
  const layout = read('CONTRIBUTING.md');
  const rooms = files.flatMap((path) => /^(?:lib\/[a-z]+|(?!lib\/)[a-z]+)\//.exec(path)?.[0] ?? []);

  it('has every folder', () => {
    expect(new Set(rooms).size).toBeGreaterThan(12);
    expect([...new Set(rooms)].filter((room) => !layout.includes(`\`${room}`))).toEqual([]);
  });
});

describe('the page of functions', () => {
  it('has a chapter for each', () => {
    const chapters = [...read('docs/reference/functions.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(chapters).toEqual(expect.arrayContaining([...functionNames]));
  });
});

/** Anchors of the headings of a page, as GitHub makes them. */
function headingsIn(text: string): string[] {
  return [...proseOf(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What a kustomization, saved at `path`, names and is not there. */
function missingIn({ resources = [], components = [] }: { resources?: string[]; components?: string[] }, path: string): string[] {
  const there = (folder: string) => files.includes(`${folder}/kustomization.yaml`);
  return [...resources, ...components].filter((named) => !there(new URL(named, `file:///${path}`).pathname.slice(1)));
}

/** What is called in a text that no command, function or option answers to. */
function unknownIn(text: string): string[] {
  const calls = text.replaceAll('\\\n', ' ').match(/(?<![\w./-])gst-functions(?: [^\n|;&#)]*)/g) ?? [];
  return calls.flatMap((call) => {
    const [, name = '', ...words] = call.trim().split(/\s+/);
    if (name.startsWith('-') || !/^[a-z]/.test(name)) return [];
    const command = program.commands.find((one) => one.name() === name);
    if (!command) return [`gst-functions ${name}`];
    const options = command.options.flatMap(({ short, long }) => [short, long]).concat('--help', '-h');
    const unknown = words.filter((word) => /^--?[a-z]/.test(word) && !options.includes(word.split('=')[0]));
    if (name === 'serve' && words[0] && /^[a-z]/.test(words[0]) && !functionNames.includes(words[0])) unknown.push(words[0]);
    return unknown.map((word) => `gst-functions ${name} ${word}`);
  });
}
