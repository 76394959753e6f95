/** Inputs and outputs, to be seen and played in the page. The addresses are made when they are asked for, and hold for minutes. */
import { jobPath } from './addresses.js';
import { h, load } from './dom.js';
import { bytes } from './format.js';
import { ask } from './session.js';

/**
 * A page may load media of the storages that were known when it was opened. For one that came since it is opened anew, once:
 * these are the jobs whose media are wanted, and for whose sake this page is such a one.
 */
const reopenedKey = 'dashboard-reopened';
const reopenedFor = sessionStorage.getItem(reopenedKey);
sessionStorage.removeItem(reopenedKey);
let wanted;
document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
  if (!['img-src', 'media-src'].includes(effectiveDirective) || wanted === undefined || wanted === reopenedFor) return;
  sessionStorage.setItem(reopenedKey, wanted);
  location.reload();
});

export function mediaSection({ row, outputs, source }, me) {
  const place = h('div.media');
  const section = h('section.panel', { 'aria-labelledby': 'media-title' }, h('h2', { id: 'media-title' }, 'Input and outputs'));
  section.append(
    h(
      'ul.plain.objects',
      {},
      objectLine('Input', source),
      outputs.map((output) => objectLine(outputName(output), output)),
    ),
    place,
  );
  if (!me.canSeeMedia) {
    place.append(
      h('p.none', {}, me.canSignIn && !me.signedIn ? 'Sign in to see and play them here.' : 'They cannot be shown here.'),
    );
    return section;
  }
  const button = h('button', { type: 'button' }, 'Show them here');
  async function show() {
    button.disabled = true;
    wanted = row.id;
    try {
      const found = await ask(`${jobPath(row)}/media`);
      place.replaceChildren(...[...found.outputs, found.source, found.log].filter(Boolean).map(figure));
    } catch (error) {
      place.replaceChildren(h('p.fault-text', { role: 'alert' }, error.message), button);
      button.disabled = false;
    }
  }
  button.addEventListener('click', show);
  place.append(button);
  if (row.id === reopenedFor) show();
  return section;
}

const outputName = ({ name }) => (name === undefined || name === 'all' ? 'Output' : `Output ${name}`);

function objectLine(label, { bucket, key, size, contentType }) {
  const facts = [bytes(size), contentType].filter(Boolean).join(' · ');
  return h(
    'li',
    {},
    h('strong', {}, label),
    h('code', {}, bucket ? `${bucket}/${key}` : key),
    facts && h('span.note', {}, facts),
  );
}

const titles = { source: 'Input', out: 'Output', log: 'Log of GStreamer' };

function figure({ name, key, url, contentType }) {
  const title = titles[name] ?? `Output ${name}`;
  const link = h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, `Open ${key.split('/').pop()}`);
  const view = viewer(contentType, `${title}: ${key}`);
  const caption = h('figcaption', {}, h('strong', {}, title), ' ', link);
  const node = h('figure', { 'data-name': name }, view, caption);
  if (view) load(view, url, () => view.replaceWith(h('p.none', {}, 'This browser cannot show it here.')));
  return node;
}

function viewer(contentType, label) {
  const [kind] = contentType.split('/');
  if (kind === 'image') return h('img', { alt: label });
  if (kind === 'video' || kind === 'audio') return h(kind, { controls: true, preload: 'metadata', 'aria-label': label });
  return undefined;
}
