/** Settings from the environment: described once, read once, every fault told at once, then frozen. */
import { Fault } from '../errors.ts';
import { keepSecret } from '../telemetry/index.ts';

/** One environment variable: how its text is read, and what docs/reference/settings.md says of it. */
export interface Setting<T> {
  env: string;
  /** What it is for, in one sentence. */
  about: string;
  /** `s`, `ms`, `bytes`, or nothing. */
  unit?: string;
  /** In words, such as `1 to 65535`. */
  allowed?: string;
  /** Text that stands for an unset variable; without one the variable is required unless `optional`. */
  fallback?: string;
  optional?: boolean;
  /** Its value is never printed. */
  secret?: boolean;
  /** Throws an Error that says what is wrong with the text. */
  read(text: string): T;
}

// biome-ignore lint/suspicious/noExplicitAny: a spec holds settings of every type; Settings<S> gives each its own
export type SettingsSpec = Readonly<Record<string, Setting<any>>>;
export type Settings<S extends SettingsSpec> = Readonly<{ [K in keyof S]: S[K] extends Setting<infer T> ? T : never }>;

/** Behind what is wrong with a number: `8m` was meant to be one. */
const units: Readonly<Record<string, string>> = { s: ', in seconds', ms: ', in milliseconds' };

/**
 * The settings that `spec` describes. A variable that is set to nothing counts as unset.
 *
 * @param together what is wrong with them as a whole, in sentences; those at fault themselves are undefined
 * @throws Fault SETTINGS_INVALID that names every variable at fault
 */
export function readSettings<S extends SettingsSpec>(
  spec: S,
  env: NodeJS.ProcessEnv,
  together: (settings: Partial<Settings<S>>) => string[] = () => [],
): Settings<S> {
  const faults: string[] = [];
  const entries = Object.entries(spec).map(([name, setting]) => {
    const text = env[setting.env]?.trim() || setting.fallback;
    if (text === undefined) {
      if (!setting.optional) faults.push(`${setting.env} is required: ${setting.about}`);
      return [name, undefined];
    }
    if (setting.secret) keepSecret(text);
    try {
      return [name, setting.read(text)];
    } catch (error) {
      const found = setting.secret ? '' : ` (found ${JSON.stringify(text.slice(0, 80))})`;
      const unit = units[setting.unit ?? ''] ?? '';
      faults.push(`${setting.env} ${(error as Error).message}${unit}${found}`);
      return [name, undefined];
    }
  });
  const settings = Object.freeze(Object.fromEntries(entries)) as Settings<S>;
  faults.push(...together(settings));
  if (faults.length > 0) throw settingsFault(faults);
  return settings;
}

export function settingsFault(faults: string[]): Fault {
  return new Fault('SETTINGS_INVALID', { cause: faults.map((fault) => `\n  ${fault}`).join('') });
}
