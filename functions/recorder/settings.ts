/** Settings of recorder. */
import { commonSettings, setting } from '../../lib/runtime/index.ts';

export const settings = {
  ...commonSettings,
  jobsDir: setting.text({
    env: 'JOBS_DIR',
    about: 'Folder where Job records are kept as files; unset: they are resources of the Kubernetes cluster.',
    optional: true,
  }),
} as const;
