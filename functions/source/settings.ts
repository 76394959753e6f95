/** Settings of source. */
import { commonSettings, publishSettings, type Settings, setting } from '../../lib/runtime/index.ts';

export const settings = {
  ...commonSettings,
  ...publishSettings,
  authToken: setting.secret({
    env: 'WEBHOOK_AUTH_TOKEN',
    about: 'What MinIO sends as `auth_token` of its webhook target. Required, or `WEBHOOK_ALLOW_ANONYMOUS=true`.',
    optional: true,
    secret: true,
  }),
  allowAnonymous: setting.flag({
    env: 'WEBHOOK_ALLOW_ANONYMOUS',
    about: 'Take notifications without a token: anyone who reaches the port can then ask for work.',
    fallback: 'false',
  }),
  endpoint: setting.text({
    env: 'MINIO_ENDPOINT',
    about:
      'Address (`host:port`) under which Transforms know the MinIO server that calls; unset: Transforms of any server match.',
    optional: true,
  }),
} as const;

/** A token that is missing by mistake must not open the door. */
export function together({ authToken, allowAnonymous }: Partial<Settings<typeof settings>>): string[] {
  if (authToken !== undefined || allowAnonymous !== false) return [];
  return ['WEBHOOK_AUTH_TOKEN is required, unless WEBHOOK_ALLOW_ANONYMOUS is true'];
}
