/** ISO 8601 durations, as the delivery of a Trigger has them: `PT30S`, `PT0.2S`, `PT1M30S`. */

const shape = /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const secondsOf = [86_400, 3_600, 60, 1];

/** Milliseconds; undefined where the text is no duration, or one of months or years, whose length depends. */
export function parseIsoDuration(text: string): number | undefined {
  const parts = shape.exec(text)?.slice(1);
  if (!parts || parts.every((part) => part === undefined) || text.endsWith('T')) return undefined;
  return Math.round(parts.reduce((sum, part, i) => sum + Number(part ?? 0) * (secondsOf[i] ?? 0), 0) * 1000);
}
