/** Settings of transcode. */
import {
  commonSettings,
  onceSettings,
  publishSettings,
  signingSettings,
  transformSettings,
} from '../../lib/runtime/common-settings.ts';
import { bytes, decimal, flag, integer, secret, text } from '../../lib/runtime/setting-kinds.ts';

export const settings = {
  ...commonSettings,
  ...publishSettings,
  ...onceSettings,
  ...signingSettings,
  ...transformSettings,
  scratchDir: text({ env: 'SCRATCH_DIR', about: 'Folder for the outputs of the run in hand.', fallback: '/scratch' }),
  accessKey: text({ env: 'MINIO_ACCESS_KEY', about: 'Access key where no Secret can be read.', optional: true }),
  secretKey: secret({ env: 'MINIO_SECRET_KEY', about: 'Secret key where no Secret can be read.', optional: true, secret: true }),
  uploadTimeout: integer({
    env: 'UPLOAD_TIMEOUT',
    about:
      'Longest time from the end of a pipeline until its outputs are visible. An unfinished upload older than the longest run and this together is that of a killed attempt.',
    unit: 's',
    min: 1,
    max: 86_400,
    fallback: '90',
  }),
  jobsDir: text({
    env: 'JOBS_DIR',
    about: 'Folder where Job records are kept as files; unset: they are resources of the Kubernetes cluster.',
    optional: true,
  }),
  cancelInterval: decimal({
    env: 'CANCEL_CHECK_SECONDS',
    about: 'How often the record of the job in hand is looked at, whether somebody has cancelled it.',
    unit: 's',
    min: 0.1,
    max: 3600,
    fallback: '10',
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
