/** Points in time, and Go's layouts ("2006-01-02 15:04:05") to print and read them by. */

/** Milliseconds since 1970 UTC, shown in a zone. */
export interface GoTime {
  readonly kind: 'time';
  readonly ms: number;
  readonly zone: Zone;
}

export interface Zone {
  /** Abbreviation, such as UTC. */
  name: string;
  /** Seconds east of UTC. */
  offset: number;
}

export const utc: Zone = { name: 'UTC', offset: 0 };
/** Go's zero time, which functions give where they cannot read a date. */
export const zeroTime: GoTime = { kind: 'time', ms: -62_135_596_800_000, zone: utc };
export const plainTimeLayout = '2006-01-02 15:04:05.999999999 -0700 MST';

export function isTime(value: unknown): value is GoTime {
  return typeof value === 'object' && value !== null && (value as GoTime).kind === 'time';
}

/** The zone of that name at that moment; undefined where there is none. */
export function zoneAt(name: string, ms: number): Zone | undefined {
  if (name === '' || name === 'UTC' || name === 'Local') return utc;
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      timeZoneName: 'longOffset',
      hourCycle: 'h23',
    }).formatToParts(ms);
    const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
    const short = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'short' })
      .formatToParts(ms)
      .find(({ type }) => type === 'timeZoneName')?.value;
    return { name: short !== undefined && /^[A-Z]{2,5}$/.test(short) ? short : offsetText(offset, '', false), offset };
  } catch {
    return undefined;
  }
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** The chunks of a layout, the longer before their beginnings. */
const chunks =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|002|01|02|03|04|05|06|15|_2006|__2|_2|PM|pm|1|2|3|4|5/g;

const pad = (value: number, length: number, filler = '0') => String(value).padStart(length, filler);

export function formatGoTime({ ms, zone }: GoTime, layout: string): string {
  const date = new Date(ms + zone.offset * 1000);
  const hour = date.getUTCHours();
  const month = date.getUTCMonth();
  const day = date.getUTCDate();
  const hour12 = hour % 12 || 12;
  const year = date.getUTCFullYear();
  const yearDay =
    Math.floor((Date.UTC(2001, month, day) - Date.UTC(2001, 0, 1)) / 86_400_000) + 1 + (month > 1 && isLeap(year) ? 1 : 0);
  const write: Record<string, () => string> = {
    January: () => months[month] ?? '',
    Jan: () => (months[month] ?? '').slice(0, 3),
    Monday: () => days[date.getUTCDay()] ?? '',
    Mon: () => (days[date.getUTCDay()] ?? '').slice(0, 3),
    MST: () => zone.name,
    2006: () => pad(year, 4),
    _2006: () => `_${pad(year, 4)}`,
    '06': () => pad(year % 100, 2),
    '01': () => pad(month + 1, 2),
    1: () => String(month + 1),
    '02': () => pad(day, 2),
    2: () => String(day),
    _2: () => pad(day, 2, ' '),
    '002': () => pad(yearDay, 3),
    __2: () => pad(yearDay, 3, ' '),
    15: () => pad(hour, 2),
    '03': () => pad(hour12, 2),
    3: () => String(hour12),
    '04': () => pad(date.getUTCMinutes(), 2),
    4: () => String(date.getUTCMinutes()),
    '05': () => pad(date.getUTCSeconds(), 2),
    5: () => String(date.getUTCSeconds()),
    PM: () => (hour >= 12 ? 'PM' : 'AM'),
    pm: () => (hour >= 12 ? 'pm' : 'am'),
  };
  return layout.replace(chunks, (chunk) => {
    const plain = write[chunk];
    if (plain) return plain();
    if (chunk.startsWith('Z') || chunk.startsWith('-')) {
      if (chunk.startsWith('Z') && zone.offset === 0) return 'Z';
      return offsetText(zone.offset, chunk.includes(':') ? ':' : '', /07:?00:?00$/.test(chunk), /07$/.test(chunk));
    }
    const digits = pad(date.getUTCMilliseconds(), 3)
      .padEnd(9, '0')
      .slice(0, chunk.length - 1)
      .padEnd(chunk.length - 1, '0');
    if (chunk[1] === '0') return chunk.charAt(0) + digits;
    const trimmed = digits.replace(/0+$/, '');
    return trimmed === '' ? '' : chunk.charAt(0) + trimmed;
  });
}

function isLeap(year: number): boolean {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
}

function offsetText(offset: number, colon: string, seconds: boolean, short = offset % 3600 === 0 && colon === ''): string {
  const size = Math.abs(offset);
  const parts = [pad(Math.floor(size / 3600), 2)];
  if (!short) parts.push(pad(Math.floor((size % 3600) / 60), 2));
  if (seconds) parts.push(pad(size % 60, 2));
  return (offset < 0 ? '-' : '+') + parts.join(colon);
}

/** What a layout's chunk takes from a text. */
const forms: Record<string, string> = {
  January: months.join('|'),
  Jan: months.map((name) => name.slice(0, 3)).join('|'),
  Monday: days.join('|'),
  Mon: days.map((name) => name.slice(0, 3)).join('|'),
  MST: '[A-Z]{3,4}|[+-]\\d\\d(?:\\d\\d)?',
  2006: '\\d{4}',
  '06': '\\d\\d',
  '01': '\\d\\d',
  1: '\\d\\d?',
  '02': '\\d\\d',
  2: '\\d\\d?',
  _2: ' ?\\d\\d?',
  '002': '\\d{3}',
  15: '\\d\\d',
  '03': '\\d\\d',
  3: '\\d\\d?',
  '04': '\\d\\d',
  4: '\\d\\d?',
  '05': '\\d\\d(?:[.,]\\d+)?',
  5: '\\d\\d?(?:[.,]\\d+)?',
  PM: 'AM|PM',
  pm: 'am|pm',
};

/** The point in time that `text` tells by `layout`; undefined where it does not. What the layout leaves out is 0, or the zone UTC. */
export function parseGoTime(layout: string, text: string): GoTime | undefined {
  const names: string[] = [];
  let pattern = '';
  let end = 0;
  for (const found of layout.matchAll(chunks)) {
    const [chunk] = found;
    pattern += literally(layout.slice(end, found.index));
    end = found.index + chunk.length;
    const fraction = /^[.,](0|9)/.exec(chunk)?.[1];
    const zone = /^[Z-]0/.test(chunk);
    names.push(fraction ? 'fraction' : zone ? 'zone' : chunk);
    if (fraction) pattern += `([.,]\\d{${chunk.length - 1}})${fraction === '9' ? '?' : ''}`;
    else if (zone)
      pattern += `(${chunk.startsWith('Z') ? 'Z|' : ''}[+-]\\d\\d${/07$/.test(chunk) ? '' : chunk.includes(':') ? ':\\d\\d' : '\\d\\d'})`;
    else pattern += `(${forms[chunk] ?? literally(chunk)})`;
  }
  pattern += literally(layout.slice(end));
  const found = new RegExp(`^${pattern}$`, 'i').exec(text);
  return found ? assemble(names, found.slice(1)) : undefined;
}

function assemble(names: string[], texts: Array<string | undefined>): GoTime | undefined {
  const field = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0 };
  let afternoon: boolean | undefined;
  let zone = utc;
  for (const [index, name] of names.entries()) {
    const text = texts[index] ?? '';
    const number = Number.parseInt(text, 10);
    if (name === '2006') field.year = number;
    else if (name === '06') field.year = number + (number >= 69 ? 1900 : 2000);
    else if (name === 'January' || name === 'Jan')
      field.month = months.findIndex((month) => month.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase()) + 1;
    else if (name === '01' || name === '1') field.month = number;
    else if (name === '02' || name === '2' || name === '_2') field.day = number;
    else if (name === '15' || name === '03' || name === '3') field.hour = number;
    else if (name === '04' || name === '4') field.minute = number;
    else if (name === '05' || name === '5') {
      field.second = number;
      field.ms += fractionMs(/[.,]\d+/.exec(text)?.[0]);
    } else if (name === 'fraction') field.ms += fractionMs(text);
    else if (name === 'PM' || name === 'pm') afternoon = text.toLowerCase() === 'pm';
    else if (name === 'zone') zone = readOffset(text);
    else if (name === 'MST' && text !== 'UTC') zone = { name: text, offset: 0 };
  }
  if (afternoon === true && field.hour < 12) field.hour += 12;
  if (afternoon === false && field.hour === 12) field.hour = 0;
  const date = new Date(0);
  date.setUTCFullYear(field.year, field.month - 1, field.day);
  date.setUTCHours(field.hour, field.minute, field.second, field.ms);
  const honest =
    date.getUTCMonth() === field.month - 1 &&
    date.getUTCDate() === field.day &&
    field.hour < 24 &&
    field.minute < 60 &&
    field.second < 60;
  return honest ? { kind: 'time', ms: date.getTime() - zone.offset * 1000, zone } : undefined;
}

function fractionMs(text: string | undefined): number {
  return text === undefined || text === '' ? 0 : Math.floor(Number(`0.${text.slice(1)}`) * 1000);
}

function readOffset(text: string): Zone {
  if (text === 'Z' || text === 'z') return utc;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?/.exec(text) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
  return offset === 0 ? utc : { name: offsetText(offset, '', false, false), offset };
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
