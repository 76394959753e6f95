import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../../functions/dashboard/page/', import.meta.url);
const files = readdirSync(folder);
// as the browser gets them: plain modules, without types
const { buckets } = await import(new URL('chart.js', folder).href);
const format = await import(new URL('format.js', folder).href);
type Bucket = Record<'finished' | 'failed', number>;
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

describe('the files of the page', () => {
  const markup =
    /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe|DOMParser|createContextualFragment|eval)\b/;

  it('never make markup of text', () => {
    expect(markup.test('node.innerHTML = key')).toBe(true);
    const scripts = files.filter((name) => name.endsWith('.js'));
    expect(scripts).toContain('main.js');
    expect(scripts.filter((name) => markup.test(read(name)))).toEqual([]);
  });

  it('hold no script, style or handler in the markup, which the policy would refuse, and load nothing from elsewhere', () => {
    const page = read('index.html');
    const inline = /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/i;
    expect(inline.test('<p onclick="x">')).toBe(true);
    expect(inline.test(page)).toBe(false);
    const addresses = [...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
    expect(addresses.filter((address) => !/^(page\/|#)/.test(address))).toEqual([]);
    expect(addresses.filter((address) => address.startsWith('page/') && !files.includes(address.slice(5)))).toEqual([]);
  });
});

describe('values as people read them', () => {
  const cases: Array<[shown: string, wanted: string]> = [
    [format.bytes(0), '0 B'],
    [format.bytes(1536), '1.5 KiB'],
    [format.bytes(73_400_320), '70 MiB'],
    [format.seconds(7.26), '7.3 s'],
    [format.seconds(9.97), '10 s'],
    [format.seconds(125), '2 min 5 s'],
    [format.seconds(3599.6), '1 h 0 min'],
    [format.seconds(7199), '2 h 0 min'],
    [format.ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:03Z')), 'just now'],
    [format.ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:03:00Z')), '3 min ago'],
    [format.ago('2026-01-01T00:03:00Z', Date.parse('2026-01-01T00:00:00Z')), 'in 3 min'],
    [format.ago(''), ''],
    [String(format.timeLeft({ position: 100, duration: 600, speed: 2.5 })), '200'],
    [String(format.timeLeft({ position: 100, duration: undefined, speed: 2.5 })), 'undefined'],
    [format.splitKey('a/b/c.mkv').join('|'), 'a/b/|c.mkv'],
    [format.splitKey('a/b/').join('|'), 'a/|b/'],
    [format.shortFolder('drop/2026/'), 'drop/2026/'],
    [format.shortFolder(`drop/${'x'.repeat(30)}/${'y'.repeat(30)}/`), `…/${'y'.repeat(30)}/`],
    [format.shortFolder(`drop/${'x'.repeat(60)}/`), `…${'x'.repeat(47)}/`],
    [format.count(1, 'job'), '1 job'],
    [format.count(1200, 'job'), '1,200 jobs'],
  ];
  it.each(cases)('%s', (shown, wanted) => expect(shown).toBe(wanted));
});

describe('throughput', () => {
  it('counts each job that ended within the time once, and those that were skipped never', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    const ended = (seconds: number, state = 'Finished', reason?: string) => ({
      state,
      reason,
      ended: new Date(now - seconds * 1000).toISOString(),
    });
    const found: Bucket[] = buckets(
      [ended(0.001), ended(3_000), ended(3_000, 'Failed'), ended(10, 'Finished', 'superseded'), ended(9_999)],
      3600,
      now,
    );
    expect(found.length).toBe(48);
    expect(found.at(-1)).toEqual({ finished: 1, failed: 0 });
    expect(found.reduce((sum, one) => sum + one.finished, 0)).toBe(2);
    expect(found.reduce((sum, one) => sum + one.failed, 0)).toBe(1);
  });
});
