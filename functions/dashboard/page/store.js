/** What the server tells: kept in two maps, handed on once a frame. */
import { follow } from './follow.js';

export function createStore(onConnection) {
  const jobs = new Map();
  const transforms = new Map();
  const listeners = new Set();
  let scheduled = false;
  let told = [];
  const state = { jobs, transforms, jobCount: 0, ready: false };

  function take(change) {
    const before = new Map(change.jobs.map((row) => [row.id, jobs.get(row.id)]));
    if (change.all) {
      jobs.clear();
      transforms.clear();
    }
    for (const id of change.goneJobs) jobs.delete(id);
    for (const id of change.goneTransforms) transforms.delete(id);
    for (const row of change.jobs) jobs.set(row.id, row);
    for (const row of change.transforms) transforms.set(row.id, row);
    state.jobCount = change.jobCount;
    state.ready = change.ready;
    told.push({ all: change.all, jobs: change.jobs, before });
    // a page in the background draws nothing; it must not collect changes for ever
    if (scheduled) return;
    scheduled = true;
    if (document.hidden) setTimeout(tell, 1_000);
    else requestAnimationFrame(tell);
  }
  function tell() {
    scheduled = false;
    const changes = told;
    told = [];
    for (const listener of listeners) listener(state, changes);
  }
  follow(() => 'events', {
    open: () => onConnection('live'),
    change: ({ data }) => take(JSON.parse(data)),
    error: () => onConnection('waiting'),
  });
  return { state, listen: (listener) => listeners.add(listener) };
}

export const lastMoment = ({ ended, started, created }) => Date.parse(ended ?? started ?? created) || 0;

/** Newest first. */
export const byMoment = (a, b) => lastMoment(b) - lastMoment(a) || (a.id < b.id ? -1 : 1);
