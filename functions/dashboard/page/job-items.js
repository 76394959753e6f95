/** A job in a list: a line, or a card while it runs. */
import { jobHref } from './addresses.js';
import { h, setText } from './dom.js';
import { bytes, percent, seconds, shortFolder, shortName, speed, splitKey, timeLeft } from './format.js';
import { badge, isSkipped, reasons, stateOf } from './state.js';
import { setTime, timeAgo } from './time.js';

function title(row) {
  const [folder, name] = splitKey(row.key);
  return h('a.key', { href: jobHref(row), title: row.key }, folder && h('span.folder', {}, shortFolder(folder)), name);
}

/** A line of a list of jobs. */
export function jobLine(row) {
  const key = title(row);
  const state = h('span.state');
  const detail = h('span.detail');
  const when = timeAgo(undefined);
  const node = h('li.job', {}, state, h('span.what', {}, key, detail), h('span.when', {}, when));
  const update = (next) => {
    const shown = state.firstElementChild;
    const { word, look } = stateOf(next);
    if (shown?.textContent !== word || shown.dataset.look !== look) state.replaceChildren(badge(next));
    setText(detail, detailOf(next));
    setTime(when, next.nextRequest ?? next.ended ?? next.started ?? next.created);
  };
  update(row);
  return { node, update };
}

/** The Transform, and what matters most: why it failed, how far it is, or what it took. */
function detailOf({ transform, state, error, seconds: took, size, percent: done, reason }) {
  const name = shortName(transform);
  if (error) return `${name} · ${error.code}: ${error.message}`;
  if (state === 'InProgress') return [name, percent(done)].filter(Boolean).join(' · ');
  const facts = [name, bytes(size), !isSkipped(reason) && took !== undefined && `took ${seconds(took)}`, reasons[reason]];
  return facts.filter(Boolean).join(' · ');
}

/** A bar with what is known of the way, for a card or the page of the job. */
export function progressBlock(row) {
  const bar = h('progress', { max: 100, 'aria-label': `Progress of ${row.key}` });
  const done = h('span.done');
  const pace = h('span');
  const left = h('span.left');
  const node = h('div.progress', {}, bar, h('p.facts', {}, done, pace, left));
  const update = (next) => {
    if (next.percent === undefined) bar.removeAttribute('value');
    else bar.value = next.percent;
    const rest = timeLeft(next);
    setText(done, percent(next.percent) || (next.position === undefined ? 'starting' : `${seconds(next.position)} done`));
    setText(pace, [speed(next.speed), next.bytesIn && `${bytes(next.bytesIn)} read`].filter(Boolean).join(' · '));
    setText(left, rest === undefined ? '' : `about ${seconds(Math.ceil(rest))} left`);
  };
  update(row);
  return { node, update };
}

/** A job that runs. */
export function runningCard(row) {
  const progress = progressBlock(row);
  const since = timeAgo(row.started);
  const head = h('div.card-head', {}, title(row), h('span.transform', {}, shortName(row.transform)));
  const node = h(
    'li.card',
    {},
    head,
    progress.node,
    h('p.facts', {}, h('span', {}, 'began ', since), row.runs > 1 && h('span', {}, `run ${row.runs}`)),
  );
  return {
    node,
    update(next) {
      progress.update(next);
      setTime(since, next.started);
    },
  };
}
