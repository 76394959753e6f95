import { describe, expect, it } from 'vitest';
import { Fault, type FaultCode, faultTable } from '../../../lib/errors.ts';
import { files, read } from './repository.ts';

const rows = Object.entries(faultTable) as Array<[FaultCode, (typeof faultTable)[FaultCode]]>;
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

/** What the Broker does with an answer: it delivers again, or gives the event up at once. */
const redelivered = (status: number) => status >= 500 || [404, 408, 409, 429].includes(status);

describe('the table of faults', () => {
  it.each(rows)('%s says what happened and what to do, and gets from the Broker what its class promises', (code, row) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(row.message.length).toBeGreaterThan(0);
    expect(row.remedy).toMatch(/\.$/);
    expect(placeholders(row.message)).toEqual(expect.arrayContaining(placeholders(row.remedy)));
    const { status } = new Fault(code);
    if (row.class === 'skipped') expect(status).toBe(204);
    else expect(redelivered(status)).toBe(row.class === 'transient' || row.class === 'busy');
    expect([404, 408, 409]).not.toContain(status);
  });

  it('holds no code that nothing raises', () => {
    const program = files.filter((path) => /^(cli|functions|lib)\/.*\.ts$/.test(path) && path !== 'lib/errors.ts').map(read);
    expect(rows.map(([code]) => code).filter((code) => !program.some((source) => source.includes(`'${code}'`)))).toEqual([]);
  });

  it('sends nobody to a page that is not there', () => {
    const named = rows.flatMap(([, { remedy }]) => remedy.match(/\bdocs\/[\w/-]+\.md/g) ?? []);
    expect(named).toContain('docs/key-templates.md');
    expect(named.filter((page) => !files.includes(page))).toEqual([]);
  });

  it('fills a message with its details, and leaves no remedy open', () => {
    const fault = new Fault('CAPS_NOT_NEGOTIATED', { element: 'x264enc', cause: 'no common format' });
    expect(fault.message).toBe('x264enc and its neighbour share no format: no common format');
    expect(fault.remedy).toContain('before x264enc');
  });
});
