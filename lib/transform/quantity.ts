/** Kubernetes quantities (`16Gi`, `500M`, `1e9`), as `resource.ParseQuantity` reads them. */

const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The form, as a pattern that the API server can check too. */
export const quantityPattern = '^[+-]?([0-9]+|[0-9]+\\.[0-9]*|\\.[0-9]+)(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?[0-9]+))?$';
const form = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i|[numkMGTPE])|([eE][+-]?\d+))?$/;

/** The amount; undefined where the text is no quantity. */
export function parseQuantity(text: string | number): number | undefined {
  const match = form.exec(String(text));
  if (!match) return undefined;
  const [, digits = '', suffix, exponent] = match;
  const amount = exponent === undefined ? Number(digits) * (factors[suffix ?? ''] ?? 0) : Number(digits + exponent);
  return Number.isFinite(amount) ? amount : undefined;
}

/** Bytes as a person writes them: `17179869184` → `16Gi`. */
export function formatBytes(bytes: number): string {
  for (const suffix of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
    const amount = bytes / (factors[suffix] ?? 1);
    if (amount >= 1) return `${Number(amount.toFixed(2))}${suffix}`;
  }
  return String(bytes);
}
