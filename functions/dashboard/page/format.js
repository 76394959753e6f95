/** Values as people read them. */

const bytesFormat = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export function bytes(count) {
  if (count === undefined) return '';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  return `${bytesFormat.format(count / 1024 ** step)} ${units[step]}`;
}

/** `7.3 s`, `2 min 5 s`, `1 h 4 min`. */
export function seconds(value) {
  if (value === undefined || !Number.isFinite(value)) return '';
  if (value < 10) return `${Math.round(value * 10) / 10} s`;
  const whole = Math.round(value);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function ago(time, now = Date.now()) {
  const passed = (now - Date.parse(time)) / 1000;
  if (Number.isNaN(passed)) return '';
  if (passed < -5) return `in ${coarse(-passed)}`;
  if (passed < 5) return 'just now';
  return `${coarse(passed)} ago`;
}

function coarse(value) {
  if (value < 60) return `${Math.round(value)} s`;
  if (value < 3600) return `${Math.round(value / 60)} min`;
  if (value < 86_400) return `${Math.round(value / 3600)} h`;
  return `${Math.round(value / 86_400)} d`;
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
export const fullTime = (time) => (Number.isNaN(Date.parse(time)) ? '' : moment.format(new Date(time)));

/** Seconds until the run ends at the speed that it has. */
export function timeLeft({ position, duration, speed }) {
  if (!duration || !speed || position === undefined) return undefined;
  return Math.max(0, duration - position) / speed;
}

export const percent = (value) => (value === undefined ? '' : `${Math.floor(value)} %`);
export const speed = (value) => (value ? `${bytesFormat.format(value)}× speed` : '');
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** The last part of a key, and what is before it. */
export function splitKey(key) {
  const at = key.replace(/\/$/, '').lastIndexOf('/') + 1;
  return [key.slice(0, at), key.slice(at)];
}

/** Characters of a folder that are shown in a list: its end, for the name behind it is to be seen. */
const longestFolder = 48;

export function shortFolder(folder) {
  if (folder.length <= longestFolder) return folder;
  const end = folder.slice(-longestFolder);
  const whole = end.slice(end.indexOf('/'));
  return `…${whole === '/' ? end : whole}`;
}

export const shortName = (transform) => transform.slice(transform.lastIndexOf('/') + 1);
