/** Settings of the dashboard. */
import { commonSettings, publishSettings, setting, transformSettings } from '../../lib/runtime/index.ts';

const { choice, httpUrl, integer, list, secret, text } = setting;

export const settings = {
  ...commonSettings,
  ...transformSettings,
  jobsDir: text({ env: 'JOBS_DIR', about: 'Folder of Job records, in place of Kubernetes.', optional: true }),
  transformsDir: text({ env: 'TRANSFORMS_DIR', about: 'Folder of Transforms, in place of Kubernetes.', optional: true }),
  logsDir: text({
    env: 'LOGS_DIR',
    about: 'Folder with the log lines of each Job, as `gst-functions dev` keeps it: the page of a Job shows them.',
    optional: true,
  }),
  maxJobs: integer({
    env: 'DASHBOARD_MAX_JOBS',
    about: 'Most Jobs that the page holds: the newest.',
    min: 100,
    max: 20_000,
    fallback: '2000',
  }),
  token: secret({
    env: 'DASHBOARD_TOKEN',
    about: 'Whoever gives it may cancel a Job, and ask for it again. Without it the page is read-only.',
    optional: true,
    secret: true,
  }),
  outputs: choice({
    env: 'DASHBOARD_OUTPUTS',
    about: 'Who may see and play inputs and outputs in the page: whoever reaches it, or who gives DASHBOARD_TOKEN.',
    values: ['anyone', 'token'],
    fallback: 'token',
  }),
  publicEndpoints: list({
    env: 'PUBLIC_ENDPOINTS',
    about:
      'Where browsers reach storage servers that Transforms know by another address, as `host:port=https://media.example.org`.',
    optional: true,
  }),
  accessKey: text({ env: 'MINIO_ACCESS_KEY', about: 'Access key where no Secret can be read.', optional: true }),
  secretKey: secret({ env: 'MINIO_SECRET_KEY', about: 'Secret key where no Secret can be read.', optional: true, secret: true }),
  eventKey: secret({
    env: 'EVENT_KEY',
    about: 'Key of this installation, to ask for a Job again; belongs together with K_SINK and DASHBOARD_TOKEN.',
    optional: true,
    secret: true,
  }),
  sink: httpUrl({ env: 'K_SINK', about: 'Where a request for a Job is posted: the ingress of the Broker.', optional: true }),
  publishTimeout: publishSettings.publishTimeout,
  traceUrl: text({
    env: 'TRACE_URL',
    about: 'Page of a trace, with `{traceId}` in it, such as `https://jaeger.example.org/trace/{traceId}`.',
    optional: true,
  }),
  logUrl: text({
    env: 'LOG_URL',
    about:
      'Page with the log lines of a Job, with `{job}`, `{namespace}`, `{run}`, `{traceId}`, or the times `{from}` and `{to}` in it.',
    optional: true,
  }),
} as const;
