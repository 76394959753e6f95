/** What was measured, and what a page says of it. */

export interface Cost {
  /** Seconds. */
  wall: number;
  /** CPU seconds of the processes that are compared. */
  cpu: number;
}

export interface Row {
  what: string;
  unit: string;
  samples: number[];
}

/** A promise in figures, and what came of it. */
export interface Check {
  what: string;
  value: number;
  unit: string;
  /** `≤` or `≥` this. */
  bound: '≤' | '≥';
  target: number;
}

export interface Section {
  title: string;
  /** What was done, in a sentence or two. */
  about: string;
  rows: Row[];
  checks: Check[];
}

export interface Measure {
  name: string;
  run(rounds: number): Promise<Section>;
}

/** Of steps that are done one after the other. */
export const total = (steps: Cost[]): Cost =>
  steps.reduce((sum, { wall, cpu }) => ({ wall: sum.wall + wall, cpu: sum.cpu + cpu }), { wall: 0, cpu: 0 });

const sorted = (samples: number[]) => [...samples].sort((a, b) => a - b);
export const least = (samples: number[]): number => Math.min(...samples);
export const most = (samples: number[]): number => Math.max(...samples);

export function median(samples: number[]): number {
  const values = sorted(samples);
  const middle = values.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [values[(values.length - 1) >> 1], values[middle]];
  return (low + high) / 2;
}

export const isMet = ({ value, bound, target }: Check): boolean => (bound === '≤' ? value <= target : value >= target);

/** Each contender once a round, each round beginning with another, so that what the machine does meanwhile hits all. */
export async function interleaved<Name extends string>(
  rounds: number,
  contenders: Record<Name, (round: number) => Promise<Cost>>,
): Promise<Record<Name, Cost[]>> {
  const names = Object.keys(contenders) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Cost[]>;
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] as Name;
      costs[name].push(await contenders[name](round));
    }
  }
  return costs;
}

export const walls = (costs: Cost[]): number[] => costs.map(({ wall }) => wall);
export const cpus = (costs: Cost[]): number[] => costs.map(({ cpu }) => cpu);
