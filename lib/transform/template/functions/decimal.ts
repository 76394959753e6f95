/** Decimal fractions without rounding, as sprig counts by github.com/shopspring/decimal: 0.1 + 0.2 is 0.3. */

/** `digits × 10^-scale`. */
interface Decimal {
  digits: bigint;
  scale: number;
}

/** Places after the point that a division keeps. */
const divisionPlaces = 16;

/** The shortest decimal that gives `value` back. */
function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) throw new Error(`${value} is no number to count with`);
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

/** `digits` with `places` more (or fewer) after the point. */
const shift = (digits: bigint, places: number): bigint => digits * 10n ** BigInt(places);

const aligned = (a: Decimal, b: Decimal) => {
  const scale = Math.max(a.scale, b.scale);
  return { a: shift(a.digits, scale - a.scale), b: shift(b.digits, scale - b.scale), scale };
};

const operations = {
  add(first: Decimal, second: Decimal): Decimal {
    const { a, b, scale } = aligned(first, second);
    return { digits: a + b, scale };
  },
  subtract(first: Decimal, second: Decimal): Decimal {
    const { a, b, scale } = aligned(first, second);
    return { digits: a - b, scale };
  },
  multiply: (a: Decimal, b: Decimal): Decimal => ({ digits: a.digits * b.digits, scale: a.scale + b.scale }),
  /** Half goes away from zero. */
  divide(first: Decimal, second: Decimal): Decimal {
    if (second.digits === 0n) throw new Error('division by zero');
    const { a, b } = aligned(first, second);
    const dividend = shift(a, divisionPlaces);
    const rest = dividend % b;
    const up = 2n * size(rest) >= size(b) ? (dividend < 0n === b < 0n ? 1n : -1n) : 0n;
    return { digits: dividend / b + up, scale: divisionPlaces };
  },
};

const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** From left to right; `first` alone where there are no others. */
export function count(operation: keyof typeof operations, first: number, others: number[]): number {
  const { digits, scale } = others.map(decimalOf).reduce(operations[operation], decimalOf(first));
  return Number(`${digits}e${-scale}`);
}
