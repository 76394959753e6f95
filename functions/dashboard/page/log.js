/** Log lines of a job, as they come. */
import { jobPath } from './addresses.js';
import { h } from './dom.js';
import { follow } from './follow.js';

/** Lines that are shown; those before them are left to the whole log. */
const mostLines = 500;
/** Pixels from the end at which the list still follows it. */
const nearEnd = 24;
/** Said by the page itself, or not to people. */
const unsaid = ['time', 'level', 'name', 'msg', 'err', 'job', 'run', 'transform', 'traceId', 'event', 'type'];

/** @returns `close` when nobody looks any more, `shown` when the node was put into the page anew */
export function createLog(row) {
  const list = h('ol.log-lines');
  const place = h(
    'div.log',
    { id: 'log-lines', tabIndex: 0, role: 'log', 'aria-live': 'off', 'aria-labelledby': 'log-title', hidden: true },
    list,
  );
  const none = h('p.none', {}, 'No line has come yet.');
  const earlier = h('p.note', { hidden: true }, 'Earlier lines are left out here.');
  const whole = h('a', { href: `${jobPath(row)}/log`, target: '_blank', rel: 'noopener', hidden: true }, 'As JSON lines');
  const node = h(
    'section.panel.spaced',
    { 'aria-labelledby': 'log-title' },
    h('div.panel-head', {}, h('h2', { id: 'log-title' }, 'Log'), whole),
    earlier,
    none,
    place,
  );
  let follows = true;
  place.addEventListener('scroll', () => {
    follows = place.scrollHeight - place.scrollTop - place.clientHeight < nearEnd;
  });
  const toEnd = () => {
    if (follows) place.scrollTop = place.scrollHeight;
  };

  let last = '';
  function take({ data, lastEventId }) {
    last = lastEventId;
    const { cut, lines } = JSON.parse(data);
    list.append(...lines.map(lineOf));
    const over = list.childElementCount - mostLines;
    for (let n = 0; n < over; n++) list.firstElementChild.remove();
    if (cut || over > 0) earlier.hidden = false;
    place.hidden = whole.hidden = list.childElementCount === 0;
    none.hidden = !place.hidden;
    toEnd();
  }
  let stop = () => {};
  /** A browser has few connections to one server: a page that nobody sees takes none for this. */
  function connect() {
    stop();
    stop = document.hidden ? () => {} : follow(() => `${jobPath(row)}/log/events?after=${last}`, { lines: take });
  }
  document.addEventListener('visibilitychange', connect);
  connect();
  return {
    node,
    shown: toEnd,
    close() {
      document.removeEventListener('visibilitychange', connect);
      stop();
    },
  };
}

const marks = { warn: 'warning', error: 'error', fatal: 'error' };

function lineOf({ time, level, name, msg, err, ...fields }) {
  const pairs = Object.entries(fields)
    .filter(([key]) => !unsaid.includes(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value, short)}`);
  if (err) pairs.push([err.code, err.message, err.debug ?? err.stack].filter(Boolean).join(': '));
  return h(
    'li',
    {},
    h('span.at', {}, clock(time)),
    h('span.who', {}, name),
    h(
      'span',
      {},
      marks[level] && h('span.log-mark', { 'data-level': level }, `${marks[level]}: `),
      msg,
      ' ',
      h('span.pairs', {}, pairs.join('  ')),
    ),
  );
}

/** Seconds are known to more digits than anyone reads. */
const short = (_key, value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value);

function clock(time) {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return '';
  return `${at.toLocaleTimeString('en-GB')}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
