/** Finished and failed jobs over time, as bars. */
import { h, svg } from './dom.js';
import { count } from './format.js';
import { isSkipped } from './state.js';

/** Range in seconds, and how it is called. */
export const ranges = { 3600: 'last hour', 21600: 'last 6 hours', 86400: 'last day', 604800: 'last week' };
const bars = 48;
const [width, height] = [bars * 10, 110];

/** @returns for each bar `{ finished, failed }`, oldest first */
export function buckets(rows, range, now) {
  const step = (range * 1000) / bars;
  const last = Math.ceil(now / step);
  const found = Array.from({ length: bars }, () => ({ finished: 0, failed: 0 }));
  for (const { state, ended, reason } of rows) {
    if (!ended || (state !== 'Finished' && state !== 'Failed') || isSkipped(reason)) continue;
    const bucket = found[bars - (last - Math.floor(Date.parse(ended) / step))];
    if (bucket) bucket[state === 'Finished' ? 'finished' : 'failed']++;
  }
  return found;
}

export function createChart(parent) {
  let drawn = '';
  return (rows, range, now = Date.now()) => {
    const found = buckets(rows, range, now);
    const text = JSON.stringify([range, found]);
    if (text === drawn) return;
    drawn = text;
    const sum = (kind) => found.reduce((total, bucket) => total + bucket[kind], 0);
    const most = Math.max(...found.map(({ finished, failed }) => finished + failed));
    const label = `${count(sum('finished'), 'job')} finished and ${sum('failed')} failed in the ${ranges[range]}`;
    const scale = height / Math.max(1, most);
    const shapes = found.flatMap(({ finished, failed }, index) => [
      ...bar('bar-finished', index, 0, finished * scale),
      ...bar('bar-failed', index, finished * scale, failed * scale),
    ]);
    const picture = svg(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label, class: 'chart' },
      svg('line', { x1: 0, x2: width, y1: height, y2: height, class: 'axis' }),
      ...shapes,
    );
    const start = new Date(now - range * 1000);
    const clock =
      range > 86_400 ? start.toLocaleDateString() : start.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    parent.replaceChildren(
      h('p.chart-label', {}, label, most > 0 && `; at most ${most} in a bar`),
      picture,
      h('p.chart-axis', {}, h('span', {}, clock), h('span', {}, 'now')),
    );
  };
}

function bar(name, index, base, size) {
  return size === 0 ? [] : [svg('rect', { class: name, x: index * 10 + 1, width: 8, y: height - base - size, height: size })];
}
