/** Dates. `now` is the time of the object's event, so that the same object always gives the same key; times are in UTC. */
import { parseDuration } from '../../duration.ts';
import { type Definition, fn, type Moment } from '../call.ts';
import { formatGoTime, type GoTime, isTime, parseGoTime, utc, zeroTime, zoneAt } from '../time.ts';
import type { Value } from '../values.ts';

function timeOf(value: Value, { now }: Moment): GoTime {
  if (isTime(value)) return value;
  return typeof value === 'bigint' ? { kind: 'time', ms: Number(value) * 1000, zone: utc } : now;
}

function inZone(layout: string, value: Value, zone: string, moment: Moment): string {
  const { ms } = timeOf(value, moment);
  if (!Number.isFinite(new Date(ms).getTime())) throw new Error('the time is out of range');
  return formatGoTime({ kind: 'time', ms, zone: zoneAt(zone, ms) ?? utc }, layout);
}

/** time.Duration.String. */
function goDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  const size = Math.abs(seconds);
  const h = Math.floor(size / 3600);
  const m = Math.floor((size % 3600) / 60);
  return `${seconds < 0 ? '-' : ''}${h ? `${h}h` : ''}${h || m ? `${m}m` : ''}${size % 60}s`;
}

function rounded(value: Value, { now }: Moment): string {
  const seconds = isTime(value)
    ? (now.ms - value.ms) / 1000
    : typeof value === 'string'
      ? (parseDuration(value) ?? 0)
      : typeof value === 'bigint'
        ? Number(value) / 1e9
        : 0;
  const size = Math.abs(seconds);
  for (const [unit, length] of [
    ['y', 365 * 86_400],
    ['mo', 30 * 86_400],
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    if (size > length) return `${Math.floor(size / length)}${unit}`;
  }
  return '0s';
}

function modify(duration: string, date: GoTime, must: boolean): GoTime {
  const seconds = parseDuration(duration);
  if (seconds === undefined && must) throw new Error(`\`${duration}\` is no duration, such as -24h or 90m`);
  return seconds === undefined ? date : { ...date, ms: date.ms + Math.round(seconds * 1000) };
}

const dateInZone = fn(
  ['string', 'any', 'string'],
  ([layout, date, zone], moment) => inZone(layout, date, zone, moment),
  'The date by a layout, in a zone.',
  'dateInZone "2006-01-02 15h" now "Europe/Berlin"',
);
const dateModify = fn(
  ['string', 'time'],
  ([duration, date]) => modify(duration, date, false),
  'The time moved by a Go duration.',
  'now | dateModify "-24h" | htmlDate',
);
const mustDateModify = fn(
  ['string', 'time'],
  ([duration, date]) => modify(duration, date, true),
  'As dateModify; a fault where the duration is none.',
  'now | mustDateModify "1h" | date "15:04"',
);

export const dates: Record<string, Definition> = {
  now: fn([], (_, { now }) => now, "The time of the object's event.", 'now | date "2006/01/02"'),
  date: fn(
    ['string', 'any'],
    ([layout, date], moment) => inZone(layout, date, 'UTC', moment),
    "The date by Go's layout: 2006-01-02 15:04:05.",
    'date "2006-01-02" now',
  ),
  dateInZone,
  date_in_zone: dateInZone,
  dateModify,
  date_modify: dateModify,
  mustDateModify,
  must_date_modify: mustDateModify,
  htmlDate: fn(['any'], ([date], moment) => inZone('2006-01-02', date, 'UTC', moment), 'The date as 2006-01-02.', 'htmlDate now'),
  htmlDateInZone: fn(
    ['any', 'string'],
    ([date, zone], moment) => inZone('2006-01-02', date, zone, moment),
    'The date as 2006-01-02, in a zone.',
    'htmlDateInZone now "Asia/Tokyo"',
  ),
  toDate: fn(
    ['string', 'string'],
    ([layout, text]) => parseGoTime(layout, text) ?? zeroTime,
    'The time that a text tells, by a layout.',
    'toDate "2006-01-02" "2024-05-06" | date "02.01."',
  ),
  mustToDate: fn(
    ['string', 'string'],
    ([layout, text]) => {
      const time = parseGoTime(layout, text);
      if (!time) throw new Error(`${JSON.stringify(text)} has not the form of ${JSON.stringify(layout)}`);
      return time;
    },
    'As toDate; a fault where the text has another form.',
    'mustToDate "2006-01-02" "2024-05-06" | unixEpoch',
  ),
  unixEpoch: fn(['time'], ([date]) => String(Math.floor(date.ms / 1000)), 'Seconds since 1970, as text.', 'unixEpoch now'),
  ago: fn(
    ['any'],
    ([date], moment) => goDuration(Math.round((moment.now.ms - timeOf(date, moment).ms) / 1000)),
    'Time from then to now.',
    'toDate "2006-01-02" "2024-05-06" | ago',
  ),
  duration: fn(
    ['any'],
    ([seconds]) => {
      const text = typeof seconds === 'string' && /^[+-]?\d+$/.test(seconds) ? Number(seconds) : 0;
      return goDuration(typeof seconds === 'bigint' ? Number(seconds) : text);
    },
    'Seconds as a Go duration.',
    'duration "95"',
  ),
  durationRound: fn(
    ['any'],
    ([duration], moment) => rounded(duration, moment),
    'A duration in its largest unit.',
    'durationRound "2h10m5s"',
  ),
};
