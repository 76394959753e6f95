/** Spans, metrics, and the secrets that stay out of both. The SDK behind them is loaded by lib/runtime, where it is wanted. */
export { type InstrumentName, type InstrumentRow, instrumentTable, metricsReference } from './instruments.ts';
export { counter, gauge, histogram } from './meter.ts';
export { keepSecret, withoutSecrets } from './secrets.ts';
export { endSpan, inSpan, objectAttributes, type SpanOptions, startSpan } from './span.ts';
