/**
 * Every metric in one table, from which docs/reference/metrics.md is made. Attributes have few values: Transforms, codes
 * and stages, and never an object or a job.
 */

export interface InstrumentRow {
  kind: 'counter' | 'histogram' | 'gauge';
  /** By UCUM, as OpenTelemetry has it. */
  unit: string;
  /** Functions that send it. */
  by: string;
  description: string;
  /** What whoever looks at it wants to know. */
  question: string;
  /** What each attribute holds. */
  attributes: Record<string, string>;
  /** Upper ends of the buckets of a histogram, in its unit. */
  boundaries?: number[];
}

/** From an answer at once to a job of hours, in seconds. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14_400];
const transform = { 'gst.transform': '`namespace/name` of the Transform' };

export const instrumentTable = {
  'gst.jobs': {
    kind: 'counter',
    unit: '{job}',
    by: 'recorder',
    description: 'Jobs that came to an end',
    question: 'How much is done, and how much of it fails, and of what?',
    attributes: {
      ...transform,
      'gst.outcome': '`succeeded`, `reused` (the outputs were there already), `skipped`, `failed`',
      'error.type': 'code of the fault, where it failed; why it was skipped, where it was',
    },
  },
  'gst.retries': {
    kind: 'counter',
    unit: '{run}',
    by: 'recorder',
    description: 'Runs that ended without a result and are tried again',
    question: 'What does not work at first: storage, network, crashes?',
    attributes: { ...transform, 'error.type': 'code of the fault' },
  },
  'gst.dead_letters': {
    kind: 'counter',
    unit: '{event}',
    by: 'recorder',
    description: 'Events that the Broker gave up',
    question: 'Is anything lost, or left to the sweep?',
    attributes: {
      'gst.event': '`requested`, `result`, `object` or `other`',
      'http.response.status_code': 'the last answer; absent where there was none',
    },
  },
  'gst.queue.duration': {
    kind: 'histogram',
    unit: 's',
    by: 'recorder',
    description: 'Time from the upload of an object to the begin of its first run',
    question: 'Are there enough pods of transcode?',
    attributes: transform,
    boundaries: seconds,
  },
  'gst.stage.duration': {
    kind: 'histogram',
    unit: 's',
    by: 'recorder',
    description: 'Time of finished runs by stage',
    question: 'What takes the time: preparation, the pipeline, or the last part of the upload?',
    attributes: {
      ...transform,
      'gst.stage': '`prepare`, `pipeline`, `upload` (what was left of it after the pipeline), `total`',
    },
    boundaries: seconds,
  },
  'gst.realtime_factor': {
    kind: 'histogram',
    unit: '1',
    by: 'recorder',
    description: 'Seconds of media that a pipeline handles in a second',
    question: 'Is the preset right for this hardware? Below 1, live material piles up.',
    attributes: transform,
    boundaries: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 50, 100],
  },
  'gst.input.size': {
    kind: 'counter',
    unit: 'By',
    by: 'recorder',
    description: 'Size of the sources of finished runs',
    question: 'How much is taken in?',
    attributes: transform,
  },
  'gst.output.size': {
    kind: 'counter',
    unit: 'By',
    by: 'recorder',
    description: 'Size of the outputs of finished runs',
    question: 'How fast does the bucket of outputs grow?',
    attributes: transform,
  },
  'gst.child.start.duration': {
    kind: 'histogram',
    unit: 's',
    by: 'transcode',
    description: 'Time that a run waits for a loaded pipeline process',
    question: 'Is the process in reserve there in time?',
    attributes: { 'gst.spare': '`true` where one had been begun before the run' },
    boundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  'gst.child.crashes': {
    kind: 'counter',
    unit: '{process}',
    by: 'transcode',
    description: 'Pipeline processes that ended by themselves; each is replaced by a new one',
    question: 'Does a plugin crash, or is there too little memory?',
    attributes: { 'gst.end': 'signal or exit status, such as `SIGSEGV`' },
  },
  'gst.sandbox.level': {
    kind: 'gauge',
    unit: '{abi}',
    by: 'transcode',
    description: 'Landlock ABI that pipeline processes run under; 0 is none',
    question: 'Does a node run pipelines without a sandbox? 4 and more bind TCP ports too.',
    attributes: {},
  },
  'gst.dispatcher.decisions': {
    kind: 'counter',
    unit: '{decision}',
    by: 'dispatcher',
    description: 'Objects by what was decided for them, once for each Transform that they match',
    question: 'Why was nothing done with an object?',
    attributes: { 'gst.outcome': '`requested`, `refused`, `unmatched`, `loop`, `no-etag`, `ignored`' },
  },
  'gst.source.records': {
    kind: 'counter',
    unit: '{record}',
    by: 'source',
    description: 'Records of notifications by what became of them; a body that is no notification counts as one',
    question: 'Does MinIO tell of uploads?',
    attributes: { 'gst.outcome': '`published`, `ignored`, `unusable`, `unreadable`' },
  },
  'gst.start.duration': {
    kind: 'histogram',
    unit: 's',
    by: 'every function',
    description: 'Time from the start of a process to its port being open; its count is that of cold starts',
    question: 'How often does a pod start from nothing, and what does that cost?',
    attributes: {},
    boundaries: [0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
  },
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    by: 'every function',
    description: 'Time from a delivery to its answer',
    question: 'What is the Broker told, and after how long?',
    attributes: {
      'http.request.method': 'always `POST`',
      'url.scheme': 'always `http`',
      'http.response.status_code': 'the answer: 204 done, 422 final, 429 busy, 503 to be tried again',
      'error.type': 'code of the fault, where it is none of the first',
    },
    boundaries: seconds,
  },
} as const satisfies Record<string, InstrumentRow>;

export type InstrumentName = keyof typeof instrumentTable;

/** The body of docs/reference/metrics.md. */
export function metricsReference(): string {
  const rows: [string, InstrumentRow][] = Object.entries(instrumentTable);
  return [
    '| metric | kind, unit | sent by | question | what it holds | attributes |',
    '|---|---|---|---|---|---|',
    ...rows.map(([name, { kind, unit, by, question, description, attributes }]) => {
      const held = Object.entries(attributes).map(([attribute, about]) => `\`${attribute}\`: ${about}`);
      return `| \`${name}\` | ${kind}, \`${unit}\` | ${by} | ${question} | ${description} | ${held.join('; ') || 'none'} |`;
    }),
    '',
  ].join('\n');
}
