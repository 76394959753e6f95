/** Settings that every function shares. */
import { bytes, choice, httpUrl, integer, text } from './setting-kinds.ts';

export const commonSettings = {
  port: integer({ env: 'PORT', about: 'Port to listen on; 0 takes a free one.', min: 0, max: 65_535, fallback: '8080' }),
  host: text({ env: 'HOST', about: 'Address to listen on; all of them where it is not set.', optional: true }),
  bodyLimit: bytes({
    env: 'BODY_LIMIT',
    about: 'Largest body that is read; above it the answer is 413.',
    unit: 'bytes',
    fallback: '1Mi',
  }),
  drainSeconds: integer({
    env: 'DRAIN_SECONDS',
    about: 'How long work in hand may go on after SIGTERM; keep it below the grace period of the pod.',
    unit: 's',
    min: 0,
    max: 86_400,
    fallback: '30',
  }),
  logLevel: choice({
    env: 'LOG_LEVEL',
    about: 'Least level that is logged.',
    values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    fallback: 'info',
  }),
  logFormat: choice({
    env: 'LOG_FORMAT',
    about: 'JSON lines, or text for people; `auto` is text on a terminal.',
    values: ['auto', 'json', 'text'],
    fallback: 'auto',
  }),
} as const;

/** Settings of the functions that publish events. */
export const publishSettings = {
  sink: httpUrl({ env: 'K_SINK', about: 'Where events are posted: the ingress of the Broker. SinkBinding sets it.' }),
  publishTimeout: integer({
    env: 'PUBLISH_TIMEOUT_SECONDS',
    about: 'How long one POST to K_SINK may take.',
    unit: 's',
    min: 1,
    max: 600,
    fallback: '10',
  }),
} as const;
