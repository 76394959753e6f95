/** Streams in and out of a job. */
import { h } from './dom.js';
import { seconds } from './format.js';

export function streamsSection({ media, skippedStreams }) {
  const rows = [
    ['Input', media?.input],
    ...Object.entries(media?.outputs ?? {}).map(([name, facts]) => [name === 'out' ? 'Output' : `Output ${name}`, facts]),
  ];
  const known = rows.filter(([, facts]) => facts);
  if (known.length === 0 && skippedStreams.length === 0) return undefined;
  return h(
    'section.panel',
    { 'aria-labelledby': 'streams-title' },
    h('h2', { id: 'streams-title' }, 'Streams'),
    h(
      'dl.streams',
      {},
      known.flatMap(([name, facts]) => [
        h('dt', {}, name, h('span.container', {}, containerOf(facts))),
        ...facts.streams.map((stream) => h('dd', {}, streamText(stream))),
      ]),
    ),
    skippedStreams.length > 0 && h('p.note', {}, `Left out, for the input has no such stream: ${skippedStreams.join(', ')}`),
  );
}

const containerOf = ({ container, duration }) => [container, seconds(duration)].filter(Boolean).join(' · ');

function streamText({ kind, codec, width, height, framerate, channels, rate }) {
  const facts = [
    codec,
    width && height && `${width} × ${height}`,
    framerate && `${fps(framerate)} fps`,
    rate && `${rate / 1000} kHz`,
    channels && `${channels} ch`,
  ];
  return `${kind}: ${facts.filter(Boolean).join(', ')}`;
}

function fps(fraction) {
  const [over, under = 1] = fraction.split('/').map(Number);
  return Math.round((over / under) * 100) / 100;
}
