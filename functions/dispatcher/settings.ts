/** Settings of dispatcher. */
import { commonSettings, publishSettings, setting, signingSettings, transformSettings } from '../../lib/runtime/index.ts';

export const settings = {
  ...commonSettings,
  ...publishSettings,
  ...signingSettings,
  ...transformSettings,
  transformsDir: setting.text({
    env: 'TRANSFORMS_DIR',
    about: 'Folder of YAML files with Transforms, read again when they change; unset: the Transforms of the Kubernetes cluster.',
    optional: true,
  }),
} as const;
