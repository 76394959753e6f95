/** What reads text or bytes of others ends in findings or in a Fault, soon, whatever it is given. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectFindings } from '../../../lib/finding.ts';
import { CapsSyntaxError, parseCaps } from '../../../lib/graph/caps/parse.ts';
import { graphFromLaunch, lintGraph, loadCatalogue } from '../../../lib/graph/index.ts';
import { containerOf, streamOf } from '../../../lib/gst/caps.ts';
import { compileKeyTemplate, parseTransforms, resolve } from '../../../lib/transform/index.ts';
import { TemplateFault } from '../../../lib/transform/template/fault.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const catalogue = loadCatalogue();
const outlets = [{ name: 'out', directory: false }];
const source = { bucket: 'b', key: 'in/a.mkv', etag: 'e', eventTime: '2026-01-02T03:04:05.000Z' };

/** Most that a text of a few kilobytes may take of a slow core, in milliseconds. */
const soon = 10_000;

function readCapsOrSayWhy(text: string): void {
  try {
    parseCaps(text);
  } catch (error) {
    if (!(error instanceof CapsSyntaxError)) throw error;
  }
}

const parsers: Record<string, (text: string) => void> = {
  launch(text) {
    const findings = collectFindings(() => undefined);
    const graph = graphFromLaunch(text, { outlets, catalogue }, findings);
    lintGraph(graph, catalogue, { outlets }, findings);
  },
  yaml(text) {
    for (const resource of parseTransforms(text).resources) resolve(resource, { catalogue });
  },
  template(text) {
    const template = compileKeyTemplate(text);
    try {
      template.render(source);
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
    }
  },
  caps: readCapsOrSayWhy,
  facts(text) {
    containerOf(text);
    streamOf(text);
  },
};

/** Words of each language, which come further in than any text does. */
const words: Record<string, string[]> = {
  launch: [
    'filesrc',
    'decodebin',
    ' ! ',
    ' : ',
    'name=',
    't. ',
    't.src_0',
    '(',
    ')',
    '"',
    "'",
    '\\',
    'video/x-raw,width=[1,2]',
    'bin.(',
    '=',
    ';',
    '__proto__',
    'location=/etc/passwd',
  ],
  yaml: [
    'apiVersion: pipelines.gst.io/v1\n',
    'kind: Transform\n',
    'metadata: {name: a}\n',
    'spec:\n',
    '  pipeline:\n',
    '    elements:\n',
    '    - name: x264enc\n',
    '    launch: ',
    '&a ',
    '*a',
    '<<: ',
    '- ',
    '{',
    '[',
    ': ',
    '---\n',
    '!!binary ',
    '__proto__: 1\n',
    '\t',
    '"',
  ],
  template: [
    '{{',
    '}}',
    ' .SrcName ',
    ' | ',
    'trimPrefix "a"',
    'repeat 999999999',
    'printf "%099999999d" 1',
    'until 999999999',
    'regexReplaceAll "(a*)*$" ',
    '(',
    ')',
    '"',
    '`',
    'range ',
    'end',
    'if ',
    'with ',
    'define "a"',
    'template "a"',
    ':=',
    '$x',
    '1e999',
  ],
  caps: [
    'video/x-raw',
    ',',
    'width=',
    '(int)',
    '(fraction)',
    '[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '"',
    '\\',
    '1/0',
    '-',
    ';',
    '(memory:',
    ')',
    '99999999999999999999',
    '__proto__=',
  ],
  facts: ['video/x-raw', ', ', 'width=(int)', '"', '\\', ';', '__proto__=(int)1', 'audio/x-raw', ' or '],
};

describe.each(Object.keys(parsers))('%s', (name) => {
  const read = parsers[name] as (text: string) => void;

  it('takes any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc
        .array(fc.oneof(fc.constantFrom(...(words[name] as string[])), fc.string({ maxLength: 3 })), { maxLength: 20 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const begun = cpuTime();
        read(given);
        expect(cpuTime() - begun).toBeLessThan(soon);
      }),
      { numRuns: 200 },
    );
  });

  it('takes thousands of any of its words, and is soon done', () => {
    for (const word of words[name] as string[]) {
      const begun = cpuTime();
      read(word.repeat(Math.ceil(4_000 / word.length)));
      expect(cpuTime() - begun, JSON.stringify(word)).toBeLessThan(soon);
    }
  });
});
