/** Settings that every function shares. */
import { bytes, choice, httpUrl, integer, list, secret, text } from './setting-kinds.ts';

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

/** Settings of the functions that may be run for one event: see run-once.ts. */
export const onceSettings = {
  eventPath: text({
    env: 'K_EVENT_PATH',
    about: 'Folder with one event in its file `event`: it is handled, and the process ends. JobSink sets it.',
    optional: true,
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

/** Settings of the functions that sign requests or check them. */
export const signingSettings = {
  eventKey: secret({
    env: 'EVENT_KEY',
    about: 'Key of this installation: requests that are not signed with it run nothing.',
    secret: true,
  }),
} as const;

/** What this installation lets Transforms ask for; the same in every function that judges them. */
export const transformSettings = {
  allowedEndpoints: list({
    env: 'ALLOWED_ENDPOINTS',
    about: 'Storage addresses (`host:port`) that Transforms may name; empty: any.',
    fallback: '',
  }),
  maxTimeout: integer({
    env: 'MAX_TIMEOUT',
    about: 'Longest run that a Transform may ask for.',
    unit: 's',
    min: 1,
    max: 604_800,
    fallback: '480',
  }),
  maxJobTimeout: integer({
    env: 'MAX_JOB_TIMEOUT',
    about: 'In place of MAX_TIMEOUT for Transforms with `execution: job`, which run as a Kubernetes Job each.',
    unit: 's',
    min: 1,
    max: 604_800,
    fallback: '21600',
  }),
  maxInputBytes: bytes({
    env: 'MAX_INPUT_BYTES',
    about: 'Largest input that a Transform may ask for.',
    unit: 'bytes',
    fallback: '64Gi',
  }),
  maxOutputBytes: bytes({
    env: 'MAX_OUTPUT_BYTES',
    about: 'Largest output that a Transform may ask for.',
    unit: 'bytes',
    fallback: '64Gi',
  }),
} as const;
