import { describe, expect, it } from 'vitest';
import { type Place, placeId, placesOf, positionOf, windowOf } from '../../../functions/reconciler/sweep/position.ts';
import { resolved } from '../../support/transforms.ts';

const minute = 60_000;
const limits = { grace: 15 * minute, overlap: 10 * minute };
const now = new Date('2026-01-01T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * minute).toISOString();
const minutesAgo = (time: number) => (now.getTime() - time) / minute;

const place = (prefix: string, namespace = 'team'): Place => ({
  endpoint: resolved().source.endpoint,
  namespace,
  bucket: 'media',
  prefix,
});

describe('where the sweep stands', () => {
  it('is now in a place that is new: what is older is for backfill', () => {
    expect(positionOf({}, place('drop/'), now)).toEqual({ since: ago(0) });
  });

  it('is kept by place, and no namespace is given that of another', () => {
    const positions = { [placeId(place('drop/'))]: { since: ago(7) }, [placeId(place('drop/', 'others'))]: { since: ago(99) } };
    expect(positionOf(positions, place('drop/'), now)).toEqual({ since: ago(7) });
  });

  it('is the oldest of what there was where prefixes become wider or narrower', () => {
    const positions = { [placeId(place('drop/a/'))]: { since: ago(9) }, [placeId(place('drop/b/'))]: { since: ago(3) } };
    expect(positionOf(positions, place('drop/'), now)).toEqual({ since: ago(9) });
    expect(positionOf(positions, place('drop/a/b/'), now)).toEqual({ since: ago(9) });
    expect(positionOf(positions, place('films/'), now)).toEqual({ since: ago(0) });
  });

  it('is one place for each minimal prefix, in each namespace', () => {
    const watch = (name: string, namespace: string, key: string) =>
      resolved({ name, namespace, spec: { src: { minio: { key } } } });
    const places = placesOf([watch('a', 'one', 'drop/'), watch('b', 'one', 'drop/hd/'), watch('c', 'two', 'drop/hd/')]);
    expect(places.map(({ namespace, prefix }) => [namespace, prefix])).toEqual([
      ['one', 'drop/'],
      ['two', 'drop/hd/'],
    ]);
  });
});

describe('what a round looks at', () => {
  const windows: Array<[name: string, since: string, from: number, until: number]> = [
    ['from an overlap before the position to a grace before now', ago(20), 30, 15],
    ['nothing in a place that is new', ago(0), 10, 15],
    ['nothing again that has been at rest for longer than that', ago(60), 60, 15],
  ];
  it.each(windows)('reaches %s', (_name, since, from, until) => {
    const window = windowOf({ since }, now, limits);
    expect([minutesAgo(window.from), minutesAgo(window.until)]).toEqual([from, until]);
  });

  it('keeps its end where a round goes on with the one before', () => {
    const rest = { until: ago(40), after: 'drop/k', newest: ago(41) };
    expect(minutesAgo(windowOf({ since: ago(50), rest }, now, limits).until)).toBe(40);
  });
});
