/** A graph in a frame: as wide as the page lets it be, never so small that nothing can be read, and in full size one click away. */
import { h } from './dom.js';

export const framed = (address, image) =>
  h('a.frame', { href: address, target: '_blank', rel: 'noopener' }, image, h('span.full-size', {}, 'Open in full size'));
