/** The first view: a bird's eye view of all that goes on. */
import { createChart, ranges } from './chart.js';
import { byId, h, keepList, setText } from './dom.js';
import { createFailures } from './failures.js';
import { jobLine, runningCard } from './job-items.js';
import { outcomes } from './state.js';
import { byMoment } from './store.js';

/** Lines of the list of recent jobs, and cards of running ones. */
const [mostRecent, mostRunning] = [12, 24];
/** The chart moves on by itself. */
const chartRefresh = 10_000; // ms

const tiles = [
  { id: 'InProgress', label: 'In progress' },
  { id: 'Pending', label: 'Waiting' },
  { id: 'Finished', label: 'Finished' },
  { id: 'Failed', label: 'Failed' },
];

export function createOverview({ state }) {
  const showRunning = keepList(byId('running'), runningCard);
  const showRecent = keepList(byId('recent'), jobLine);
  const showFailures = createFailures(byId('failures'), state.transforms);
  const draw = createChart(byId('throughput'));
  const range = byId('throughput-range');
  range.append(...Object.entries(ranges).map(([value, text]) => h('option', { value }, text)));
  const numbers = tiles.map(({ id, label }) => {
    const number = h('strong', {}, '–');
    byId('tiles').append(h('li', { 'data-look': id }, h('a.tile', { href: `#/jobs?state=${id}` }, number, h('span', {}, label))));
    return { number, matches: outcomes[id][1] };
  });
  const drawChart = () => draw(state.jobs.values(), Number(range.value));
  range.addEventListener('change', drawChart);
  setInterval(drawChart, chartRefresh);

  return {
    title: 'Overview',
    node: byId('overview'),
    update() {
      const rows = [...state.jobs.values()];
      for (const { number, matches } of numbers) setText(number, rows.filter(matches).length.toLocaleString('en'));
      const running = rows
        .filter((row) => row.state === 'InProgress')
        .sort((a, b) => Date.parse(a.started) - Date.parse(b.started));
      showRunning(running.slice(0, mostRunning));
      byId('running-none').hidden = running.length > 0;
      const recent = rows.filter((row) => row.state !== 'InProgress').sort(byMoment);
      showRecent(recent.slice(0, mostRecent));
      byId('recent-none').hidden = recent.length > 0;
      byId('failures-none').hidden = showFailures(rows) > 0;
      drawChart();
    },
  };
}
