/** Settings of transcode. */
import { commonSettings, publishSettings } from '../../lib/runtime/common-settings.ts';
import { bytes, decimal, flag, integer, list, secret, text } from '../../lib/runtime/setting-kinds.ts';

export const settings = {
  ...commonSettings,
  ...publishSettings,
  eventKey: secret({
    env: 'EVENT_KEY',
    about: 'Key of this installation: requests that are not signed with it run nothing.',
    secret: true,
  }),
  scratchDir: text({ env: 'SCRATCH_DIR', about: 'Folder for the outputs of the run in hand.', fallback: '/scratch' }),
  allowedEndpoints: list({
    env: 'ALLOWED_ENDPOINTS',
    about: 'Storage addresses (`host:port`) that Transforms may name; empty: any.',
    optional: true,
  }),
  accessKey: text({ env: 'MINIO_ACCESS_KEY', about: 'Access key where no Secret can be read.', optional: true }),
  secretKey: secret({ env: 'MINIO_SECRET_KEY', about: 'Secret key where no Secret can be read.', optional: true, secret: true }),
  maxTimeout: integer({
    env: 'MAX_TIMEOUT',
    about: 'Longest run that a Transform may ask for; an unfinished upload older than this is that of a killed attempt.',
    unit: 's',
    min: 1,
    max: 604_800,
    fallback: '480',
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
  maxMemory: bytes({
    env: 'MAX_MEMORY',
    about: 'Most memory of the pipeline process; unset: what the container has.',
    unit: 'bytes',
    optional: true,
  }),
  progressInterval: decimal({
    env: 'PROGRESS_INTERVAL',
    about: 'Least time between two progress events of a run.',
    unit: 's',
    min: 0.1,
    max: 3600,
    fallback: '15',
  }),
  durationRatio: decimal({
    env: 'DURATION_RATIO',
    about:
      'Least share of the declared duration that must come out, where the index of the input (mp4, mov) declares its samples.',
    min: 0,
    max: 1,
    fallback: '0.9',
  }),
  requireSandbox: flag({
    env: 'REQUIRE_SANDBOX',
    about: 'Refuse to run where the kernel offers no Landlock.',
    fallback: 'false',
  }),
} as const;
