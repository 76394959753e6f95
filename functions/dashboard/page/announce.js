/** Tells a screen reader what became of jobs: together, and not too often. */
import { byId } from './dom.js';
import { count, splitKey } from './format.js';
import { stateOf } from './state.js';

const quiet = 4_000; // ms between two announcements
const mostNamed = 2;

export function createAnnouncer() {
  const ended = new Map();
  let waiting = false;
  const tell = () => {
    waiting = false;
    const rows = [...ended.values()];
    ended.clear();
    const byWord = Map.groupBy(rows, (row) => stateOf(row).word.toLowerCase());
    const parts =
      rows.length <= mostNamed
        ? rows.map((row) => `${splitKey(row.key)[1]}: ${stateOf(row).word.toLowerCase()}`)
        : [...byWord].map(([word, some]) => `${count(some.length, 'job')} ${word}`);
    byId('announcements').textContent = parts.join(', ');
  };
  return (_state, changes) => {
    for (const { all, jobs, before } of changes) {
      for (const row of all ? [] : jobs) {
        const over = row.state === 'Finished' || row.state === 'Failed';
        if (over && before.get(row.id)?.state !== row.state) ended.set(row.id, row);
      }
    }
    if (ended.size === 0 || waiting) return;
    waiting = true;
    setTimeout(tell, quiet);
  };
}
