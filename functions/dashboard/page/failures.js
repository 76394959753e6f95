/** Failures, those with the same code together: how many, what it means, what to do. */
import { jobHref, jobPath } from './addresses.js';
import { h, keepList, load } from './dom.js';
import { count } from './format.js';
import { framed } from './picture.js';
import { byMoment } from './store.js';
import { timeAgo } from './time.js';

/** Jobs that are named for a code. */
const mostNamed = 5;

/** @returns groups with the newest failure first: `{ id, jobs }`, where `id` is the code */
export function groupFailures(rows) {
  const failed = rows.filter(({ state, error }) => state === 'Failed' && error).sort(byMoment);
  return [...Map.groupBy(failed, ({ error }) => error.code)].map(([id, jobs]) => ({ id, jobs }));
}

export function createFailures(parent, transforms) {
  const show = keepList(parent, (group) => {
    const node = h('article.failure', { 'data-code': group.id });
    let shown;
    const update = (next) => {
      const mark = next.jobs.map(({ id, ended }) => `${id} ${ended}`).join();
      if (mark === shown) return;
      shown = mark;
      const open = node.querySelector('details')?.open ?? false;
      node.replaceChildren(...failureGroup(next, transforms, open));
    };
    update(group);
    return { node, update };
  });
  return (rows) => {
    const groups = groupFailures(rows);
    show(groups);
    return groups.length;
  };
}

function failureGroup({ id, jobs }, transforms, open) {
  const [newest] = jobs;
  const { message, remedy, element } = newest.error;
  const pictured = jobs.find(({ transform }) => transforms.get(transform)?.moments);
  const more = h('details', { open }, h('summary', {}, pictured ? 'Jobs and graph' : 'Jobs'));
  more.append(
    h(
      'ul.plain',
      {},
      jobs.slice(0, mostNamed).map((row) => h('li', {}, h('a', { href: jobHref(row) }, row.key), ' ', timeAgo(row.ended))),
    ),
  );
  if (jobs.length > mostNamed)
    more.append(h('a', { href: `#/jobs?state=Failed&code=${encodeURIComponent(id)}` }, `All ${jobs.length}`));
  if (pictured) addMoment(more, pictured);
  return [
    h('header', {}, h('h3', {}, id), h('span.count', {}, count(jobs.length, 'job'))),
    h('p.message', {}, message, element && h('span.element', {}, ` (${element})`)),
    ...(remedy ? [h('p.remedy', {}, h('strong', {}, 'Remedy: '), remedy)] : []),
    more,
  ];
}

/** The graph of the moment, fetched when `details` is opened. */
export function addMoment(details, row) {
  const place = h('div.picture');
  details.append(place);
  const show = () => {
    if (!details.open || place.hasChildNodes()) return;
    const address = `${jobPath(row)}/moment.svg?of=${encodeURIComponent(row.ended ?? '')}`;
    const picture = h('img', { alt: `Graph of the pipeline of ${row.key} at that moment` });
    picture.addEventListener('load', () => {
      place.replaceChildren(framed(address, picture));
    });
    load(picture, address, () => place.replaceChildren(h('p.none', {}, 'No graph of this run was kept.')));
    place.append(h('p.none', {}, 'Drawing …'));
  };
  details.addEventListener('toggle', show);
  show();
}
