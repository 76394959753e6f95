import { counter, inSpan } from '../../lib/telemetry/index.ts';
import { least, type Measure } from '../samples.ts';

const calls = 200_000;

export const telemetry = (): Measure => ({
  name: 'telemetry',
  async run(rounds) {
    const decisions = counter('gst.dispatcher.decisions');
    let sum = 0;
    const work = (n: number) => {
      sum += n;
    };
    /** Microseconds a call. */
    const timed = async (call: (n: number) => unknown) => {
      const begun = performance.now();
      for (let n = 0; n < calls; n++) await call(n);
      return ((performance.now() - begun) * 1000) / calls;
    };
    const bare: number[] = [];
    const told: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const plain = await timed(work);
      const measured = await timed((n) =>
        inSpan('match', { attributes: { 'gst.bucket': 'media' } }, async () => {
          work(n);
          decisions.add(1, { 'gst.outcome': 'requested' });
        }),
      );
      if (round === 0) continue; // until it is compiled
      bare.push(plain);
      told.push(measured);
    }
    if (sum === 0) throw new Error('nothing was done');
    return {
      title: 'Telemetry that is off',
      about: `A span with an attribute, and a counter, around nothing; no OTLP endpoint is set, so the SDK is not loaded. ${calls} calls a sample. An event takes a handful of them.`,
      rows: [
        { what: 'bare call', unit: 'µs', samples: bare },
        { what: 'with span and counter', unit: 'µs', samples: told },
      ],
      checks: [{ what: 'more for a span and a counter', value: least(told) - least(bare), unit: 'µs', bound: '≤', target: 5 }],
    };
  },
});
