/** The runs of a job, the newest first, and the stages of that. */
import { h } from './dom.js';
import { seconds } from './format.js';
import { reasons, stateOf } from './state.js';
import { timeAgo } from './time.js';

/** In the order in which they come. */
const stages = { queue: 'waited', prepare: 'prepared', pipeline: 'in the pipeline', upload: 'uploaded' };

export function runsSection({ row, runs, timings }) {
  const newest = runs.length - 1;
  const lines = runs.map((run, at) => line(run, at === newest ? { took: row.seconds, timings } : {}));
  return h(
    'section.panel',
    { 'aria-labelledby': 'runs-title' },
    h('h2', { id: 'runs-title' }, 'Runs'),
    row.nextRequest && h('p.note', {}, 'To be asked for again ', timeAgo(row.nextRequest)),
    runs.length > 0 ? h('ol.timeline', { reversed: true }, lines.toReversed()) : h('p.none', {}, 'No run has begun yet.'),
  );
}

function line({ run, state, reason, startTime, completionTime, error }, { took = between(startTime, completionTime), timings }) {
  const { word, look } = state === 'Retrying' ? { word: 'Broke off', look: 'waiting' } : stateOf({ state, reason });
  const why = reason === 'cancelled' ? undefined : reasons[reason];
  return h(
    'li',
    { 'data-look': look },
    h(
      'p.run-head',
      {},
      h('span.badge', {}, why ? `${word}: ${why}` : word),
      timeAgo(startTime),
      took !== undefined && h('span.note', {}, `took ${seconds(took)}`),
    ),
    h('p.note', {}, h('code', {}, run)),
    timings && stagesOf(timings),
    error && h('p.message', {}, h('strong', {}, `${error.code}: `), error.message),
  );
}

const between = (start, end) => (start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : undefined);

function stagesOf(timings) {
  const known = Object.entries(stages).filter(([name]) => timings[name] !== undefined);
  return h(
    'ul.stages',
    {},
    known.map(([name, word]) => h('li', {}, word, ' ', h('span.stage-time', {}, seconds(timings[name])))),
  );
}
