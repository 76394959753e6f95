/** Times that grow old by themselves. */
import { h, setText } from './dom.js';
import { ago, fullTime } from './format.js';

const refresh = 10_000; // ms

export function timeAgo(time) {
  return h('time', { dateTime: time ?? '', title: fullTime(time) }, ago(time));
}

export function setTime(node, time) {
  if (node.dateTime !== (time ?? '')) {
    node.dateTime = time ?? '';
    node.title = fullTime(time);
  }
  setText(node, ago(time));
}

export function keepTimesFresh() {
  setInterval(() => {
    for (const node of document.querySelectorAll('.view:not([hidden]) time')) setText(node, ago(node.dateTime));
  }, refresh);
}
