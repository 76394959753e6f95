/** Elements from plain values. Text is only ever set as text, so that a key full of markup stays a key. */

/**
 * `h('p.note', { title: 'x' }, 'text', child)`: properties that an element has are set, others become attributes,
 * `on…` are listeners; children that are undefined, null or false are left out.
 */
export function h(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const node = document.createElement(name);
  if (classes.length > 0) node.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key in node) node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/** As `h`, for SVG: everything is an attribute. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(svgNamespace, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Sets text only where it differs: a screen reader reads again what is set again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes the children of `parent` those of `items`, in their order. `create(item)` gives `{ node, update(item) }`;
 * `update` is called only for an item that is another object than before.
 */
export function keepList(parent, create) {
  const kept = new Map();
  return (items) => {
    const wanted = new Set(items.map(({ id }) => id));
    for (const [id, { node }] of kept) {
      if (wanted.has(id)) continue;
      node.remove();
      kept.delete(id);
    }
    let place = parent.firstElementChild;
    for (const item of items) {
      let entry = kept.get(item.id);
      if (!entry) {
        entry = create(item);
        kept.set(item.id, entry);
      } else if (entry.item !== item) {
        entry.update(item);
      }
      entry.item = item;
      if (entry.node === place) place = place.nextElementSibling;
      else parent.insertBefore(entry.node, place);
    }
  };
}

/** Tries of a picture or a film, and the wait between two in milliseconds. */
const [mostTries, tryWait] = [3, 500];

/** Loads a picture or a film; again where that broke off, as it does when the network changes. */
export function load(node, address, onFault) {
  let tries = 1;
  node.addEventListener('error', () => {
    if (tries++ >= mostTries) return onFault();
    setTimeout(() => {
      node.src = address;
    }, tryWait);
  });
  node.src = address;
}
