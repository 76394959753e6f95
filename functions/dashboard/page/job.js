/** The page of one job. */
import { byId, h, setText } from './dom.js';
import { addMoment } from './failures.js';
import { bytes, fullTime, seconds, shortName, splitKey } from './format.js';
import { progressBlock } from './job-items.js';
import { mediaSection } from './media.js';
import { ask, session } from './session.js';
import { badge } from './state.js';
import { streamsSection } from './streams.js';
import { timeAgo } from './time.js';

/** Between two fetches of the same page, in milliseconds. */
const fetchInterval = 1_000;

export function createJob({ state }) {
  const node = byId('job');
  let id;
  let shown;
  let parts = {};
  let fetching = false;
  let waiting;

  async function load() {
    const wanted = id;
    const [namespace, name] = wanted.split('/');
    try {
      const page = await ask(`api/jobs/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`);
      if (wanted === id) draw(page);
    } catch (error) {
      if (wanted === id)
        node.replaceChildren(heading('Job'), h('p.none', {}, error.status === 404 ? `There is no job ${name}.` : error.message));
    }
  }
  /** What changes while it runs is set; the rest is drawn anew only when it is another. */
  function draw(page) {
    const { row } = page;
    const { percent, position, speed, bytesIn, bytesOut, ...lasting } = row;
    const mark = JSON.stringify([{ ...page, row: lasting }, session.me]);
    if (shown !== mark) {
      const focused = node.contains(document.activeElement) && document.activeElement.id;
      parts = build(page, state, session.me);
      node.replaceChildren(...parts.nodes);
      shown = mark;
      if (focused) byId(focused)?.focus();
    }
    parts.progress?.update(row);
    document.title = `${splitKey(row.key)[1]} · gst-functions`;
  }
  session.listen(() => {
    if (id !== undefined) load();
  });

  return {
    title: 'Job',
    node,
    open(_query, [namespace, name]) {
      id = `${namespace}/${name}`;
      shown = undefined;
      parts = {};
      node.replaceChildren(heading(name));
      return load();
    },
    close() {
      id = undefined;
      node.replaceChildren();
    },
    update(changes) {
      if (!changes?.some(({ jobs }) => jobs.some((row) => row.id === id)) || waiting) return;
      if (fetching) return;
      fetching = true;
      load().finally(() => {
        waiting = setTimeout(() => {
          waiting = undefined;
          fetching = false;
          if (id !== undefined) load();
        }, fetchInterval);
      });
    },
  };
}

const heading = (text) => h('h1', { id: 'job-title', tabIndex: -1 }, text);

function build(page, { transforms }, me) {
  const { row } = page;
  const [folder, name] = splitKey(row.key);
  const progress = row.state === 'InProgress' ? progressBlock(row) : undefined;
  const nodes = [
    h(
      'p.crumbs',
      {},
      h('a', { href: '#/jobs' }, 'Jobs'),
      ' / ',
      h('a', { href: `#/jobs?transform=${encodeURIComponent(row.transform)}` }, shortName(row.transform)),
    ),
    h('div.job-head', {}, heading(name), badge(row), folder && h('p.folder', {}, [row.bucket, folder].filter(Boolean).join('/'))),
    progress && h('section.panel.spaced', { 'aria-label': 'Progress' }, progress.node),
    row.error && errorSection(row, transforms.get(row.transform)?.moments),
    actions(row, me),
    h(
      'div.columns',
      {},
      h('div.column', {}, runsSection(page), streamsSection(page)),
      h('div.column', {}, factsSection(page), mediaSection(page, me)),
    ),
  ];
  return { nodes: nodes.filter(Boolean), progress };
}

function errorSection(row, moments) {
  const { code, message, remedy, element } = row.error;
  const section = h(
    'section.panel.failure.spaced',
    { 'aria-labelledby': 'cause-title' },
    h('h2', { id: 'cause-title' }, code),
    h('p.message', {}, message, element && h('span.element', {}, ` (${element})`)),
    remedy && h('p.remedy', {}, h('strong', {}, 'Remedy: '), remedy),
  );
  if (moments) {
    const details = h('details', { open: true }, h('summary', {}, 'Graph of the moment'));
    addMoment(details, row);
    section.append(details);
  }
  return section;
}

/** Only what can be done is offered. */
function actions(row, me) {
  if (row.state !== 'Failed' && row.state !== 'Pending') return undefined;
  if (!me.canRetry)
    return me.canSignIn && !me.signedIn ? h('p.note.spaced', {}, 'Sign in to ask for this job again.') : undefined;
  const said = h('span', { role: 'status' });
  const button = h('button', { type: 'button', id: 'retry' }, 'Retry');
  button.addEventListener('click', async () => {
    button.disabled = true;
    setText(said, 'Asking …');
    try {
      const { job } = await ask(`api/jobs/${encodeURIComponent(row.namespace)}/${encodeURIComponent(row.name)}/retry`, {
        method: 'POST',
      });
      const same = job === row.name;
      said.replaceChildren(
        same ? 'Asked for again: the run appears here.' : 'The Transform has changed since: this is another job now, ',
        ...(same ? [] : [h('a', { href: `#/jobs/${encodeURIComponent(row.namespace)}/${encodeURIComponent(job)}` }, job)]),
      );
    } catch (error) {
      setText(said, error.message);
    }
    button.disabled = false;
  });
  return h('p.actions', {}, button, said);
}

const runStates = {
  InProgress: ['running', 'In progress'],
  Retrying: ['waiting', 'Broke off'],
  Finished: ['finished', 'Finished'],
  Failed: ['failed', 'Failed'],
};

function runsSection({ runs }) {
  const line = ({ run, state, reason, startTime, completionTime, error }) => {
    const [look, word] = runStates[state] ?? ['skipped', state];
    const took = completionTime && startTime ? seconds((Date.parse(completionTime) - Date.parse(startTime)) / 1000) : '';
    return h(
      'li',
      { 'data-look': look },
      h(
        'p.run-head',
        {},
        h('span.badge', { 'data-look': look }, reason ? `${word}: ${reason}` : word),
        timeAgo(startTime),
        took && h('span.note', {}, `took ${took}`),
      ),
      h('p.note', {}, h('code', {}, run)),
      error && h('p.message', {}, h('strong', {}, `${error.code}: `), error.message),
    );
  };
  return h(
    'section.panel',
    { 'aria-labelledby': 'runs-title' },
    h('h2', { id: 'runs-title' }, 'Runs'),
    runs.length > 0 ? h('ol.timeline', {}, runs.toReversed().map(line)) : h('p.none', {}, 'No run has begun yet.'),
  );
}

function factsSection({ row, source, traceId, traceUrl, logUrl }) {
  const code = (text) => text && h('code', {}, text);
  const link = (href, text) => h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text);
  const facts = {
    Job: code(row.name),
    Namespace: row.namespace,
    Object: code(`${row.bucket ?? ''}/${row.key}`),
    Size: bytes(row.size),
    ETag: code(source.etag),
    Came: fullTime(row.created),
    Began: fullTime(row.started),
    Ended: fullTime(row.ended),
    Took: seconds(row.seconds),
    'Next request': fullTime(row.nextRequest),
    Trace: traceId && (traceUrl ? link(traceUrl, traceId) : code(traceId)),
    Log: logUrl && link(logUrl, 'Lines of this job'),
  };
  return h(
    'section.panel',
    { 'aria-labelledby': 'facts-title' },
    h('h2', { id: 'facts-title' }, 'Facts'),
    h(
      'dl.facts-list',
      {},
      Object.entries(facts).flatMap(([name, value]) => (value ? [h('dt', {}, name), h('dd', {}, value)] : [])),
    ),
  );
}
