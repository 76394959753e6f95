/** Transforms: whether they can run, what is wrong with them, and what their pipeline looks like. */
import { byId, h, keepList } from './dom.js';
import { count } from './format.js';
import { framed } from './picture.js';

const looks = { Ready: 'finished', Suspended: 'skipped', Invalid: 'failed' };

export function createTransforms({ state }) {
  const show = keepList(byId('transforms-list'), (row) => {
    const node = h('li.transform-card.panel');
    const update = (next) => {
      const open = node.querySelector('details')?.open ?? false;
      node.replaceChildren(...card(next, open));
    };
    update(row);
    return { node, update };
  });
  return {
    title: 'Transforms',
    node: byId('transforms'),
    update() {
      const rows = [...state.transforms.values()].sort((a, b) => a.name.localeCompare(b.name));
      show(rows);
      byId('transforms-none').hidden = rows.length > 0;
    },
  };
}

function card(row, open) {
  const { name, namespace, kind, state, findings, conditions } = row;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const word = state === 'Invalid' ? `Invalid: ${count(errors, 'fault')}` : state;
  return [
    h(
      'header',
      {},
      h('h2', {}, name),
      h('span.badge', { 'data-look': looks[state] }, word),
      h('span.kind', {}, kind === 'File' ? 'file' : `${kind} in ${namespace}`),
    ),
    ...(row.from === undefined ? [] : [places(row)]),
    ...(findings.length > 0 ? [h('ul.findings', {}, findings.map(finding))] : []),
    ...conditions.filter(({ status, type }) => status === 'False' && !(type === 'Ready' && errors > 0)).map(condition),
    ...(row.picture === undefined ? [] : [pipeline(row, open)]),
    ...(kind === 'File' ? [] : [h('p', {}, h('a', { href: `#/jobs?transform=${encodeURIComponent(row.id)}` }, 'Its jobs'))]),
  ];
}

function places({ from, to, execution, image }) {
  const facts = [['From', from], ...to.map((place) => ['To', place])];
  if (execution === 'job') facts.push(['Runs as', 'a Kubernetes Job']);
  if (image) facts.push(['Image', image]);
  return h(
    'dl.facts-list',
    {},
    facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, h('code', {}, value))]),
  );
}

function finding({ severity, path, message, file, line }) {
  const place = line === undefined ? path : `${file ? `${file.split('/').pop()}:` : 'line '}${line} ${path}`;
  return h(
    'li',
    { 'data-severity': severity },
    h('strong', {}, severity === 'error' ? 'Fault' : 'Warning'),
    place && h('code', {}, place),
    message,
  );
}

function condition({ type, message, reason }) {
  return h('p.condition', {}, h('strong', {}, `${type}: no. `), message || reason);
}

/** Drawn by the server when it is asked for. */
function pipeline({ kind, namespace, name, picture }, open) {
  const address = `api/transforms/${[kind, namespace, name].map(encodeURIComponent).join('/')}/pipeline.svg?of=${picture}`;
  const details = h('details', { open }, h('summary', {}, 'Pipeline'));
  const show = () => {
    if (!details.open || details.querySelector('.picture')) return;
    const image = h('img', { src: address, alt: `Pipeline of ${name}`, loading: 'lazy' });
    details.append(h('div.picture', {}, framed(address, image)));
  };
  details.addEventListener('toggle', show);
  show();
  return details;
}
