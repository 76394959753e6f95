import { describe, expect, it } from 'vitest';
import { requiredCredentials } from '../../../functions/transcode/credentials.ts';
import { endpoint } from '../../support/transcode-fakes.ts';

describe('credentials', () => {
  it('are those of the settings where there are any, in a cluster too', async () => {
    const keys = { accessKey: 'a', secretKey: 's' };
    expect(await requiredCredentials(keys, { KUBERNETES_SERVICE_HOST: '10.0.0.1' })(endpoint, 'default')).toEqual(keys);
  });

  it.each([
    ['one of the two keys alone', { accessKey: 'a' }, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
    ['neither keys nor a cluster', {}, {}],
  ])('cannot come from %s', (_what, keys, env) => {
    expect(() => requiredCredentials(keys, env)).toThrow(expect.objectContaining({ code: 'SETTINGS_INVALID' }));
  });
});
