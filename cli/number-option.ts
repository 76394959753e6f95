/** Options that are numbers. */
import { UsageError } from './exit.ts';

/** @throws UsageError where the text is no number of that range */
export function number(option: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max) {
    throw new UsageError(`${option} is a number from ${min} to ${max}; found ${JSON.stringify(text)}`);
  }
  return value;
}

/** @throws UsageError where the text is no whole number of that range */
export function wholeNumber(option: string, text: string | undefined, min: number, max: number): number | undefined {
  const value = number(option, text, min, max);
  if (value === undefined || Number.isInteger(value)) return value;
  throw new UsageError(`${option} is a whole number; found ${JSON.stringify(text)}`);
}
