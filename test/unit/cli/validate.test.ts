import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { formatFinding, readTransform, readTransforms } from '../../../cli/read-transforms.ts';
import { editorSchema } from '../../../lib/transform/schema/editor.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const path = (name: string) => new URL(`../../../${name}`, import.meta.url).pathname;
const broken = path('test/fixtures/broken');
const names = (await readdir(broken)).sort();
const texts = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(broken, name), 'utf8')] as const)));

/** What a file says of itself: `# expect: error missing @12`, one for each finding. */
const expectations = (text: string): string[] => [...text.matchAll(/^# expect: (.*)$/gm)].map(([, wanted = '']) => wanted).sort();

describe('broken Transforms', () => {
  it('are at least 60, and each has a fault', () => {
    expect(names.length).toBeGreaterThanOrEqual(60);
    for (const [name, text] of texts) expect(expectations(text).length, name).toBeGreaterThan(0);
  });

  it('have each fault told, in one run, with its file and line, and no other', async () => {
    const begin = cpuTime();
    const { findings, files } = await readTransforms([broken], {});
    expect(cpuTime() - begin).toBeLessThan(5000); // ms; it takes a third of a second
    expect(files).toBe(names.length);
    const told = Object.groupBy(findings, ({ file = '' }) => file);
    for (const name of names) {
      const found = (told[join(broken, name)] ?? []).map(({ severity, rule, line }) => `${severity} ${rule} @${line}`).sort();
      expect(found, name).toEqual(expectations(texts.get(name) ?? ''));
    }
  });

  it.each(names)('%s is told alone as it is told among the others', async (name) => {
    const { findings } = await readTransforms([join(broken, name)], {});
    expect(findings.map(({ severity, rule, line }) => `${severity} ${rule} @${line}`).sort()).toEqual(
      expectations(texts.get(name) ?? ''),
    );
    for (const finding of findings) {
      expect(formatFinding(finding)).toMatch(new RegExp(`^${join(broken, name)}:\\d+:\\d+ (error|warning) .+ \\[[a-z-]+\\]$`));
    }
  });
});

const examples = path('examples');
const exampleNames = (await readdir(examples)).sort();

describe('the examples', () => {
  it('have neither errors nor warnings, each alone and all together', async () => {
    const { findings, transforms, files } = await readTransforms([examples], {});
    expect(findings.map(formatFinding)).toEqual([]);
    expect(transforms.length).toBeGreaterThanOrEqual(14);
    expect(files).toBe(transforms.length);
  });

  it('watch prefixes of their own', async () => {
    const { transforms } = await readTransforms([examples], {});
    const prefixes = transforms.map(({ source }) => source.prefix);
    for (const prefix of prefixes) expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
  });

  it.each(exampleNames)('%s names the schema for editors, teaches, and is as the schema has it', async (name) => {
    const text = await readFile(join(examples, name), 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../docs/schema/transform.json');
    expect(text.split('\n').filter((line) => line.startsWith('# ')).length).toBeGreaterThanOrEqual(3);
    const check = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(editorSchema());
    for (const document of parseAllDocuments(text)) expect(check(document.toJS()) || check.errors).toBe(true);
    expect(text).toContain(`name: ${name.replace('.yaml', '')}\n`);
  });
});

describe('files and folders', () => {
  let folder: string;
  const good = (name: string, extra = '') =>
    `apiVersion: pipelines.gst.io/v1\nkind: Transform\nmetadata: {name: ${name}}\nspec:\n  globals: {minio: {endpoint: "m:1", bucket: media, credentialsSecret: {name: s}}}\n  src: {minio: {key: ${name}/}}\n  sink: {minio: {key: "out/${name}/{{ .SrcKey }}"}}\n  pipeline: {elements: [{name: decodebin}, {name: x264enc}, {name: mp4mux}]}\n${extra}`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gst-validate-'));
    await Promise.all(
      Object.entries({
        'a.yaml': good('a'),
        'b.yml': `${good('b')}---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {access-key-id: a}\n`,
        'notes.txt': 'no: [yaml',
        'twin.yaml.off': good('a'),
      }).map(([name, text]) => writeFile(join(folder, name), text)),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('of a folder, those that end in .yaml and .yml are read; Secrets in them are passed over', async () => {
    const { transforms, findings, files } = await readTransforms([folder], {});
    expect(transforms.map(({ ref }) => ref.name)).toEqual(['a', 'b']);
    expect(findings).toEqual([]);
    expect(files).toBe(2);
  });

  it('of a folder, links are read and what begins with a dot is not, as dev does: a mounted ConfigMap is made of both', async () => {
    const mounted = await mkdtemp(join(tmpdir(), 'gst-mounted-'));
    await mkdir(join(mounted, '..2026'));
    await writeFile(join(mounted, '..2026', 'a.yaml'), good('a'));
    await symlink('..2026', join(mounted, '..data'));
    await symlink('..data/a.yaml', join(mounted, 'a.yaml'));
    await symlink('/nonexistent', join(mounted, 'b.yaml'));
    const { transforms, findings } = await readTransforms([mounted], {});
    await rm(mounted, { recursive: true });
    expect(transforms.map(({ ref }) => ref.name)).toEqual(['a']);
    expect(findings.map(formatFinding)).toEqual([
      `${join(mounted, 'b.yaml')} error there is no such file or folder [no-such-file]`,
    ]);
  });

  it.each([
    ['a file', 'empty.yaml'],
    ['a folder of such files', 'empty'],
  ])('%s that holds nothing is a fault, as a folder without files is, and told as one', async (_name, place) => {
    const empty = await mkdtemp(join(tmpdir(), 'gst-empty-'));
    await mkdir(join(empty, 'empty'));
    for (const name of ['empty.yaml', 'empty/a.yaml']) await writeFile(join(empty, name), '# later\n---\n');
    const { findings } = await readTransforms([join(empty, place)], {});
    await rm(empty, { recursive: true });
    expect(findings.map(formatFinding)).toEqual([
      `${join(empty, place)} error there is nothing in it, where a Transform is expected [no-transform]`,
    ]);
  });

  it('a file that holds nothing is passed over in a folder that holds Transforms', async () => {
    const empty = join(folder, 'empty.yaml');
    await writeFile(empty, '# later\n');
    const { findings } = await readTransforms([folder], {});
    await rm(empty);
    expect(findings).toEqual([]);
  });

  it('a pipe is passed over in a folder: nothing may ever come of it', async () => {
    const pipe = join(folder, 'pipe.yaml');
    await promisify(execFile)('mkfifo', [pipe]);
    const { findings } = await readTransforms([folder], {});
    await rm(pipe);
    expect(findings).toEqual([]);
  });

  it('a film is told to be no text, and a name that is empty to be that', async () => {
    const film = join(folder, 'film.mkv');
    await writeFile(film, Buffer.from('1a45dfa3010000ff', 'hex'));
    const { findings } = await readTransforms([film, ''], {});
    await rm(film);
    expect(findings.map(formatFinding).sort()).toEqual([
      `${film}:1:7 error this is no text in UTF-8 [not-text]`,
      'error the name of the file is empty: is a variable of the shell not set? [no-such-file]',
    ]);
  });

  it('a file that is named twice is read once', async () => {
    expect((await readTransforms([join(folder, 'a.yaml'), folder], {})).files).toBe(2);
  });

  it('what is not there is told, and the rest is read', async () => {
    const { findings, transforms } = await readTransforms([join(folder, 'none.yaml'), folder], {});
    expect(findings.map(({ rule, severity }) => [severity, rule])).toEqual([['error', 'no-such-file']]);
    expect(transforms).toHaveLength(2);
  });

  it('one name in two files, with other content, is a fault', async () => {
    const second = join(folder, 'second.yaml');
    await writeFile(second, good('a').replace('out/a', 'out/other'));
    const { findings } = await readTransforms([join(folder, 'a.yaml'), second], {});
    await rm(second);
    expect(findings.map(({ rule, file, line }) => [rule, file, line])).toEqual([['duplicate-name', second, 3]]);
  });

  it('the ceilings of an installation are those of its environment', async () => {
    const slow = join(folder, 'slow.yaml');
    await writeFile(slow, good('slow').replace('pipeline: {', 'pipeline: {limits: {timeout: 8m}, '));
    const rules = async (env: NodeJS.ProcessEnv) => (await readTransforms([slow], env)).findings.map(({ rule }) => rule);
    expect(await rules({})).toEqual([]);
    expect(await rules({ MAX_TIMEOUT: '60' })).toEqual(['over-ceiling']);
    expect(await rules({ ALLOWED_ENDPOINTS: 'other:9000' })).toEqual(['endpoint-refused']);
    await rm(slow);
  });

  it('one Transform of a file that holds several is taken by its name', async () => {
    const both = join(folder, 'both.yaml');
    await writeFile(both, `${good('a')}---\n${good('b')}`);
    expect((await readTransform(both, 'b')).transform.ref.name).toBe('b');
    await expect(readTransform(both, undefined)).rejects.toThrow('a, b: say which by --name');
    await expect(readTransform(both, 'c')).rejects.toThrow('no Transform c, but a, b');
    await rm(both);
  });

  it('a file without a Transform, and one with a fault, give none', async () => {
    await expect(readTransform(join(folder, 'none.yaml'), undefined)).rejects.toThrow('there is no such file');
    await expect(readTransform(join(broken, 'element-unknown.yaml'), undefined)).rejects.toMatchObject({
      findings: [expect.objectContaining({ rule: 'unknown-element', line: 32 })],
    });
  });
});
