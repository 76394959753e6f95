/** The state of a job, in a word and a colour. */
import { h } from './dom.js';

export const isSkipped = (reason) => ['superseded', 'gone', 'loop', 'cancelled'].includes(reason);

export function stateOf({ state, reason, error }) {
  if (state === 'InProgress') return { word: 'In progress', look: 'running' };
  if (state === 'Failed') return { word: 'Failed', look: 'failed' };
  if (state === 'Pending') return { word: error ? 'To be retried' : 'Waiting', look: 'waiting' };
  if (isSkipped(reason)) return { word: 'Skipped', look: 'skipped' };
  return { word: 'Finished', look: 'finished' };
}

export function badge(row) {
  const { word, look } = stateOf(row);
  return h('span.badge', { 'data-look': look }, word);
}

/** Filters of the list, in the order of the menu. */
export const outcomes = {
  '': ['Any outcome', () => true],
  InProgress: ['In progress', ({ state }) => state === 'InProgress'],
  Pending: ['Waiting', ({ state }) => state === 'Pending'],
  Finished: ['Finished', (row) => row.state === 'Finished' && !isSkipped(row.reason)],
  Skipped: ['Skipped', (row) => row.state === 'Finished' && isSkipped(row.reason)],
  Failed: ['Failed', ({ state }) => state === 'Failed'],
};
