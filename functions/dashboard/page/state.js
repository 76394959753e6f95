/** The state of a job, in a word and a colour. */
import { h } from './dom.js';

export const isSkipped = (reason) => ['superseded', 'gone', 'loop', 'cancelled'].includes(reason);

export function stateOf({ state, reason, error, cancelling }) {
  if (state === 'InProgress')
    return cancelling ? { word: 'Stopping', look: 'skipped' } : { word: 'In progress', look: 'running' };
  if (state === 'Failed') return { word: 'Failed', look: 'failed' };
  if (state === 'Pending' && cancelling) return { word: 'Will not run', look: 'skipped' };
  if (state === 'Pending') return { word: error ? 'To be retried' : 'Waiting', look: 'waiting' };
  if (reason === 'cancelled') return { word: 'Cancelled', look: 'skipped' };
  if (isSkipped(reason)) return { word: 'Skipped', look: 'skipped' };
  return { word: 'Finished', look: 'finished' };
}

export function badge(row) {
  const { word, look } = stateOf(row);
  return h('span.badge', { 'data-look': look }, word);
}

/** Why a run ended as it did, where it did nothing. */
export const reasons = {
  reused: 'outputs were there already',
  superseded: 'replaced by a newer object',
  cancelled: 'somebody cancelled it',
  gone: 'the object was gone',
  loop: 'made by this Transform itself',
};

/** Filters of the list, in the order of the menu. */
export const outcomes = {
  '': ['Any outcome', () => true],
  InProgress: ['In progress', ({ state }) => state === 'InProgress'],
  Pending: ['Waiting', ({ state }) => state === 'Pending'],
  Finished: ['Finished', (row) => row.state === 'Finished' && !isSkipped(row.reason)],
  Skipped: ['Skipped or cancelled', (row) => row.state === 'Finished' && isSkipped(row.reason)],
  Failed: ['Failed', ({ state }) => state === 'Failed'],
};
