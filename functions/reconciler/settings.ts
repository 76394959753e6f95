/** Settings of the reconciler. */
import { commonSettings, publishSettings, signingSettings, transformSettings } from '../../lib/runtime/common-settings.ts';
import { integer, text } from '../../lib/runtime/setting-kinds.ts';

const longest = 31_536_000; // a year, in seconds

export const settings = {
  ...commonSettings,
  ...publishSettings,
  ...signingSettings,
  ...transformSettings,
  systemNamespace: text({
    env: 'SYSTEM_NAMESPACE',
    about: 'Namespace of the installation: runners are made there, and the position of the sweep is kept there.',
    fallback: 'gst-functions',
  }),
  notificationArn: text({
    env: 'MINIO_NOTIFICATION_ARN',
    about: 'Target that watched buckets shall notify, such as `arn:minio:sqs::GST:webhook`; unset: notifications are left alone.',
    optional: true,
  }),
  runnerKeepSeconds: integer({
    env: 'RUNNER_KEEP_SECONDS',
    about: 'How long a runner stays after the last Transform that asks for it: requests may still be on their way to it.',
    unit: 's',
    min: 0,
    max: longest,
    fallback: '5400',
  }),
  sweepGrace: integer({
    env: 'SWEEP_GRACE_SECONDS',
    about: 'Age that an object must have before the sweep asks for it: its own event may still be on its way.',
    unit: 's',
    min: 0,
    max: longest,
    fallback: '900',
  }),
  sweepOverlap: integer({
    env: 'SWEEP_OVERLAP_SECONDS',
    about: 'How far the sweep looks back behind its last position: for clocks that are apart.',
    unit: 's',
    min: 0,
    max: longest,
    fallback: '600',
  }),
  sweepSilence: integer({
    env: 'SWEEP_SILENCE_SECONDS',
    about: 'After how long without news a Job in hand is asked for again; longer than a request can be on its way.',
    unit: 's',
    min: 1,
    max: longest,
    fallback: '5400',
  }),
  sweepKeys: integer({
    env: 'SWEEP_MAX_KEYS',
    about: 'Most keys that one round of the sweep lists, 1,000 in a request; the next round goes on from there.',
    min: 1,
    max: 100_000_000,
    fallback: '100000',
  }),
  sweepRequests: integer({
    env: 'SWEEP_MAX_REQUESTS',
    about:
      'Most objects and Jobs that one round of the sweep looks at one by one, and may ask for; also most Jobs of one Transform that are in hand when a backfill asks for more.',
    min: 1,
    max: 1_000_000,
    fallback: '500',
  }),
  keepFinished: integer({
    env: 'JOB_KEEP_FINISHED_SECONDS',
    about: 'How long the record of a finished Job is kept.',
    unit: 's',
    min: 0,
    max: longest,
    fallback: '86400',
  }),
  keepFailed: integer({
    env: 'JOB_KEEP_FAILED_SECONDS',
    about: 'How long the record of a failed Job is kept.',
    unit: 's',
    min: 0,
    max: longest,
    fallback: '604800',
  }),
  keepJobs: integer({
    env: 'JOB_KEEP_MAX',
    about: 'Most records of ended Jobs that are kept for one Transform.',
    min: 0,
    max: 1_000_000,
    fallback: '1000',
  }),
} as const;
