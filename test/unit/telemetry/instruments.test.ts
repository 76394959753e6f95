import { describe, expect, it } from 'vitest';
import { createTally, kindOf } from '../../../functions/recorder/tally.ts';
import { type InstrumentRow, instrumentTable } from '../../../lib/telemetry/index.ts';
import { files, read } from '../house/repository.ts';

const rows: Array<[string, InstrumentRow]> = Object.entries(instrumentTable);

describe('the table of metrics', () => {
  const program = files.filter((path) => /^(functions|lib)\/.*\.ts$/.test(path) && !path.startsWith('lib/telemetry/'));
  const code = program.map((path) => read(path)).join('\n');

  it.each(rows)('%s is sent by some code, and its page tells what it answers', (name, { kind, question, description, unit }) => {
    expect(code).toMatch(new RegExp(`\\b${kind}\\('${name.replaceAll('.', '\\.')}'`));
    const [row] = read('docs/reference/metrics.md')
      .split('\n')
      .filter((line) => line.startsWith(`| \`${name}\` |`));
    for (const part of [question, description, `\`${unit}\``]) expect(row).toContain(part);
  });

  it('knows every instrument that is made', () => {
    expect(code).not.toMatch(/\bcreate(Counter|Histogram|UpDownCounter|Observable\w+|Gauge)\(/);
  });

  it('has no attribute of as many values as there are objects', () => {
    const unbounded = /bucket|key|job|run|event_id|subject|path|message/;
    expect('aws.s3.key').toMatch(unbounded);
    for (const [, { attributes }] of rows) for (const name of Object.keys(attributes)) expect(name).not.toMatch(unbounded);
  });

  it('has buckets that rise, for histograms and for nothing else', () => {
    for (const [name, { kind, boundaries }] of rows) {
      expect([name, boundaries !== undefined]).toEqual([name, kind === 'histogram']);
      expect(boundaries?.toSorted((a, b) => a - b)).toEqual(boundaries);
    }
  });
});

describe('the kind of a dead letter', () => {
  it.each([
    ['io.gst.pipelines.transform.requested', 'requested'],
    ['io.gst.pipelines.transform.failed', 'result'],
    ['com.amazonaws.s3.ObjectCreated:Put', 'object'],
    ['made.up.by.someone', 'other'],
  ])('of type %s is %s', (type, kind) => {
    expect(kindOf({ type } as never)).toBe(kind);
    expect(() => createTally().deadLetter(kindOf({ type } as never), undefined)).not.toThrow();
  });
});
