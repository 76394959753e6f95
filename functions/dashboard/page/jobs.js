/** All jobs, searched and filtered; only as many lines are drawn as were asked for. */
import { byId, h, keepList, setText } from './dom.js';
import { count, shortName } from './format.js';
import { jobLine } from './job-items.js';
import { outcomes } from './state.js';
import { byMoment } from './store.js';

/** Lines that are drawn at first, and with each "show more". */
const pageLines = 60;

export function createJobs({ state }) {
  const show = keepList(byId('jobs-list'), jobLine);
  const q = byId('filter-q');
  const transform = byId('filter-transform');
  const outcome = byId('filter-state');
  const more = byId('jobs-more');
  let lines = pageLines;
  let code = '';
  outcome.append(...Object.entries(outcomes).map(([value, [label]]) => h('option', { value }, label)));

  function update() {
    showTransforms();
    const wanted = q.value.trim().toLowerCase();
    const [, matches] = outcomes[outcome.value];
    const found = [...state.jobs.values()]
      .filter((row) => matches(row) && (transform.value === '' || row.transform === transform.value))
      .filter((row) => code === '' || row.error?.code === code)
      .filter((row) => wanted === '' || row.key.toLowerCase().includes(wanted) || row.name.includes(wanted))
      .sort(byMoment);
    show(found.slice(0, lines));
    more.hidden = found.length <= lines;
    const older = state.jobCount > state.jobs.size ? `, of the newest ${state.jobs.size} among ${state.jobCount}` : '';
    const shown = found.length > lines ? `; ${lines} are shown` : '';
    setText(byId('jobs-count'), `${count(found.length, 'job')}${code === '' ? '' : ` with ${code}`}${older}${shown}`);
  }
  function showTransforms() {
    const names = new Set(['', ...state.transforms.keys(), ...[...state.jobs.values()].map((row) => row.transform)]);
    if (transform.value !== '') names.add(transform.value);
    const wanted = [...names].filter((id) => !id.startsWith('File/'));
    if (wanted.join('\n') === [...transform.options].map(({ value }) => value).join('\n')) return;
    const chosen = transform.value;
    transform.replaceChildren(
      ...wanted.map((value) => h('option', { value }, value === '' ? 'Any Transform' : shortName(value))),
    );
    transform.value = chosen;
  }
  /** The filters stand in the address: it can be kept and sent. */
  function changed() {
    lines = pageLines;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ q: q.value, transform: transform.value, state: outcome.value, code })) {
      if (value !== '') query.set(name, value);
    }
    history.replaceState(null, '', `#/jobs${query.size > 0 ? `?${query}` : ''}`);
    update();
  }
  byId('filters').addEventListener('input', changed);
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  outcome.addEventListener('change', () => {
    code = '';
    changed();
  });
  more.addEventListener('click', () => {
    lines += pageLines;
    update();
  });

  return {
    title: 'Jobs',
    node: byId('jobs'),
    open(query) {
      q.value = query.get('q') ?? '';
      code = query.get('code') ?? '';
      outcome.value = query.get('state') in outcomes ? query.get('state') : '';
      const wanted = query.get('transform') ?? '';
      if (wanted !== '' && ![...transform.options].some(({ value }) => value === wanted)) {
        transform.append(h('option', { value: wanted }, shortName(wanted)));
      }
      transform.value = wanted;
      lines = pageLines;
    },
    update,
  };
}
