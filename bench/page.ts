/** The page in docs/ that a run of the bench makes. */
import { cpus, loadavg, release } from 'node:os';
import { type Check, isMet, least, median, most, type Row, type Section } from './samples.ts';

export interface Run {
  rounds: number;
  gstreamer: string;
  minio: string;
  /** Load of the machine before the bench began. */
  load: number;
  sections: Section[];
}

/** Runnable processes on average, above which a machine is not idle. */
const idleLoad = 0.5;

export function pageOf({ rounds, gstreamer, minio, load, sections }: Run): string {
  const [processor] = cpus();
  return `${[
    '# Performance',
    [
      'Made by `npm run bench`, which makes its own media and measures against real MinIO on the same machine. Contenders take turns in',
      'every round; ratios are those of the minima of one run. CPU is that of our own processes, without MinIO.',
    ].join('\n'),
    `${cpus().length} × ${processor?.model ?? 'processor'}, Linux ${release()}, Node ${process.versions.node}, ${gstreamer}, ${minio}. ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`,
    ...(load > idleLoad
      ? [`**Provisional**: the machine was busy with other work when this run began (load ${load.toFixed(1)}).`]
      : []),
    ...sections.map(sectionText),
  ].join('\n\n')}\n`;
}

export const loadNow = (): number => loadavg()[0] ?? 0;

export function sectionText({ title, about, rows, checks }: Section): string {
  return [
    `## ${title}`,
    about,
    table(['', 'median', 'min', 'max'], rows.map(rowCells)),
    table(['promise', 'bound', 'measured', ''], checks.map(checkCells)),
  ].join('\n\n');
}

const rowCells = ({ what, unit, samples }: Row) => [
  what,
  ...[median(samples), least(samples), most(samples)].map((value) => `${figure(value)} ${unit}`.trim()),
];

const checkCells = (check: Check) => [
  check.what,
  `${check.bound} ${check.target} ${check.unit}`.trim(),
  `${figure(check.value)} ${check.unit}`.trim(),
  isMet(check) ? 'met' : '**missed**',
];

/** Three digits that count. */
const figure = (value: number) => {
  if (Number.isInteger(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(3, digits));
};

const table = (head: string[], rows: string[][]) =>
  [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
