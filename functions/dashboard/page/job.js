/** The page of one job. */
import { actions } from './actions.js';
import { jobPath } from './addresses.js';
import { byId, h } from './dom.js';
import { addMoment } from './failures.js';
import { bytes, fullTime, seconds, shortName, splitKey } from './format.js';
import { progressBlock } from './job-items.js';
import { createLog } from './log.js';
import { mediaSection } from './media.js';
import { ask, session } from './session.js';
import { badge } from './state.js';
import { streamsSection } from './streams.js';
import { runsSection } from './timeline.js';

/** Between two fetches of the same page, in milliseconds. */
const fetchInterval = 1_000;

export function createJob({ state }) {
  const node = byId('job');
  let id;
  let shown;
  let parts = {};
  let log;
  let fetching = false;
  let waiting;

  /** Answers may come in another order than they were asked for: an older one than was shown is void. */
  let asked = 0;
  let answered = 0;
  async function load() {
    const wanted = id;
    const turn = ++asked;
    const isNews = () => {
      if (wanted !== id || turn < answered) return false;
      answered = turn;
      return true;
    };
    const [namespace, name] = wanted.split('/');
    try {
      const page = await ask(jobPath({ namespace, name }));
      if (isNews()) draw(page);
    } catch (error) {
      if (!isNews()) return;
      shown = undefined;
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
      if (page.hasLog) log ??= createLog(row);
      parts = build(page, state, session.me);
      node.replaceChildren(...parts.nodes, ...(log ? [log.node] : []));
      log?.shown();
      shown = mark;
      // a button that was pressed may be gone
      if (focused) (byId(focused) ?? byId('job-title')).focus();
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
      log?.close();
      log = undefined;
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
      h('div.column', {}, runsSection(page), streamsSection(page), mediaSection(page, me)),
      h('div.column', {}, factsSection(page)),
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
