/**
 * Spans by the OpenTelemetry API, which does nothing while no SDK is there. Names are few and fixed: what varies stands in
 * attributes, and none of these holds a secret.
 */
import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { Fault } from '../errors.ts';
import { withoutSecrets } from './secrets.ts';

export interface SpanOptions {
  kind?: SpanKind;
  attributes?: Attributes;
  links?: Link[];
  /** In place of what is at work now. */
  parent?: Context;
  /** Begins a trace of its own, which links to what is at work now. */
  root?: boolean;
}

/** Begins a span that the caller ends with `endSpan`. */
export function startSpan(name: string, { parent = context.active(), root = false, ...options }: SpanOptions = {}): Span {
  const around = trace.getSpanContext(parent);
  const links = root && around ? [...(options.links ?? []), { context: around }] : options.links;
  return trace.getTracer('gst-functions').startSpan(name, { ...options, links, root }, parent);
}

/** Ends `span`, with what went wrong where something did; skipped work is no error. */
export function endSpan(span: Span, error?: unknown, at?: number): void {
  if (error !== undefined && span.isRecording()) {
    const fault = Fault.from(error);
    span.setAttribute('error.type', fault.code);
    if (fault.class !== 'skipped') span.setStatus({ code: SpanStatusCode.ERROR, message: withoutSecrets(fault.message) });
  }
  span.end(at);
}

/** Runs `work` in a span, of which all that `work` causes is part. */
export async function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const span = startSpan(name, options);
  try {
    const done = await context.with(trace.setSpan(options.parent ?? context.active(), span), () => work(span));
    endSpan(span);
    return done;
  } catch (error) {
    endSpan(span, error);
    throw error;
  }
}

/** The object that a span is about, under the names of the semantic conventions for S3. */
export const objectAttributes = ({ bucket, key }: { bucket: string; key: string }): Attributes => ({
  'aws.s3.bucket': bucket,
  'aws.s3.key': key,
});
