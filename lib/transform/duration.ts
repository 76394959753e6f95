/** Go durations (`8m`, `1h30m`, `1.5s`), as `time.ParseDuration` reads them. */

const secondsIn: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const whole = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** Longest that Go can hold, to the second: 2^63 - 1 ns. */
const most = 9_223_372_036;

/** Seconds; undefined where the text is no Go duration. */
export function parseDuration(text: string): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  if (!whole.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(part)) seconds += Number(amount) * (secondsIn[unit ?? ''] ?? 0);
  if (seconds > most) return undefined;
  return text.startsWith('-') ? -seconds : seconds;
}

/** `90` → `1m30s`: as Go prints whole seconds. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = Number((seconds % 60).toFixed(9));
  return [h ? `${h}h` : '', m || (h && s) ? `${m}m` : '', s ? `${s}s` : ''].join('');
}
