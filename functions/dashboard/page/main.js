/** Puts the page together: the stream of changes, the views, and the address that says which of them is shown. */
import { createAnnouncer } from './announce.js';
import { byId, setText } from './dom.js';
import { createJob } from './job.js';
import { createJobs } from './jobs.js';
import { createOverview } from './overview.js';
import { startSession } from './session.js';
import { createStore } from './store.js';
import { keepTimesFresh } from './time.js';
import { createTransforms } from './transforms.js';

const connection = byId('connection');
const store = createStore((state) => {
  connection.dataset.state = state;
  setText(connection, state === 'live' ? 'Live' : 'Reconnecting');
});
const views = {
  overview: createOverview(store),
  jobs: createJobs(store),
  transforms: createTransforms(store),
  job: createJob(store),
};
let current;

/** `#/jobs/<namespace>/<name>` and `#/jobs?state=Failed`: which view, with what. */
function route() {
  const [path, query = ''] = location.hash.slice(1).split('?');
  const [, view = '', ...rest] = path.split('/').map(decodePart);
  if (view === 'jobs' && rest.length === 2) return { name: 'job', rest, query };
  return { name: view in views && view !== 'job' ? view : 'overview', rest, query };
}

function decodePart(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function show({ focus }) {
  const { name, rest, query } = route();
  if (current !== name || name === 'job') views[current]?.close?.();
  current = name;
  for (const [other, { node }] of Object.entries(views)) node.hidden = other !== name;
  for (const link of document.querySelectorAll('nav a')) {
    const here = link.dataset.view === (name === 'job' ? 'jobs' : name);
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const view = views[name];
  document.title = `${view.title} · gst-functions`;
  await view.open?.(new URLSearchParams(query), rest);
  view.update();
  if (focus) view.node.querySelector('h1')?.focus();
}

store.listen((_state, changes) => views[current]?.update(changes));
store.listen(createAnnouncer());
addEventListener('hashchange', () => show({ focus: true }));
// the address says which view is shown: the link that skips to the content leaves it as it is
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  byId('main').focus();
});
keepTimesFresh();
await startSession();
await show({ focus: false });
