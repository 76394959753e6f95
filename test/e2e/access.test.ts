import { beforeAll, describe, expect, it } from 'vitest';
import type { Requested } from '../../lib/events/types.ts';
import { requestedData, requestedEvent } from '../support/requests.ts';
import { eventually } from './support/eventually.ts';
import { post, request } from './support/inside.ts';
import { brokerAddress, systemNamespace } from './support/install.ts';
import { get, kubectl } from './support/kubectl.ts';
import { storageAddress } from './support/storage.ts';
import { useTenant } from './support/tenant.ts';

const secret = 'minio-credentials';
const tenant = useTenant('gst-e2e-access', 'access');
/** Has the same Secret, and gave it to nobody. */
const closed = useTenant('gst-e2e-closed', 'access', { granted: false });

const made = async (folder: string) => [...(await tenant.storage.versions(tenant.bucket, `out/${folder}/`)).keys()];

describe('who may read Secrets', () => {
  const accountOf = (name: string) => `system:serviceaccount:${systemNamespace}:${name}`;
  const may = async (account: string, ...what: string[]) =>
    (await kubectl(['auth', 'can-i', ...what, '--as', accountOf(account)], { mayFail: true })).trim().split('\n')[0];

  it.each(['transcode', 'reconciler', 'dashboard'])('%s: the one that a tenant gave it, and no other', async (account) => {
    expect(await may(account, 'get', `secret/${secret}`, '-n', tenant.namespace)).toBe('yes');
    expect(await may(account, 'get', 'secret/another', '-n', tenant.namespace)).toBe('no');
    expect(await may(account, 'list', 'secrets', '-n', tenant.namespace)).toBe('no');
    expect(await may(account, 'get', `secret/${secret}`, '-n', closed.namespace)).toBe('no');
  });

  it.each(['source', 'dispatcher', 'recorder', 'transform-events'])('%s: none at all', async (account) => {
    expect(await may(account, 'get', `secret/${secret}`, '-n', tenant.namespace)).toBe('no');
  });

  it('the API server answers the token of transcode accordingly', async () => {
    const token = (await kubectl(['create', 'token', 'transcode', '-n', systemNamespace])).trim();
    const ask = async (namespace: string, name: string) => {
      const url = `https://kubernetes.default.svc/api/v1/namespaces/${namespace}/secrets/${name}`;
      return (await request(url, { headers: { authorization: `Bearer ${token}` } })).status;
    };
    expect(await ask(tenant.namespace, secret)).toBe(200);
    expect(await ask(closed.namespace, secret)).toBe(403);
    expect(await ask(tenant.namespace, '')).toBe(403);
    expect(await ask(systemNamespace, 'gst-functions')).toBe(403);
  });
});

describe('a Transform', () => {
  const outcome = async (name: string) => {
    await closed.applyOnly(name, ({ spec }) => {
      spec.src.minio.key = 'shared/';
      if (name === 'climber') spec.globals.minio.credentialsSecret.name = `../../${tenant.namespace}/secrets/${secret}`;
    });
    return eventually(`what becomes of ${name}`, 60, async () => {
      const told = await closed.condition(name, 'Notifications');
      return told?.status === 'False' && told;
    });
  };
  beforeAll(() =>
    tenant.put('shared', ({ spec }) => {
      spec.sink.minio.key = 'out/shared/{{ .SrcName }}.mp4';
    }),
  );

  it('that names a Secret nobody gave is told so, and its uploads come to nothing', async () => {
    expect(await outcome('greedy')).toMatchObject({
      reason: 'CredentialsMissing',
      message: expect.stringContaining('may not read it'),
    });
    await tenant.upload('shared/clip.mkv');
    await eventually('a Job that says so', 120, async () => {
      const jobs = await closed.jobs(['shared/clip.mkv']);
      return jobs[0]?.status?.error?.code === 'CREDENTIALS_MISSING';
    });
    // the same upload goes all the way for those who gave theirs
    await tenant.output('out/shared/clip.mp4');
    expect(await made('greedy')).toEqual([]);
  });

  it('reaches no Secret of another namespace by a name that climbs there', async () => {
    const [ready, told] = [await outcome('climber').catch(() => undefined), await closed.condition('climber', 'Ready')];
    expect([ready?.reason, told?.reason]).toContain('CredentialsMissing');
    expect(await made('climber')).toEqual([]);
  });
});

describe('a request', () => {
  const elements = ['decodebin', 'videoconvert', 'x264enc', 'mp4mux'].map((name) => ({ name }));
  const endpoint = { address: storageAddress, tls: false, region: 'us-east-1', credentialsSecret: secret };

  async function ask(name: string, key: string): Promise<Requested> {
    const source = `requests/${name}.mkv`;
    await tenant.upload(source);
    const { etag, size } = await tenant.storage.client.statObject(tenant.bucket, source);
    const { bucket, namespace } = tenant;
    const sinks = { out: `${bucket}/out/requests/${name}.mp4` };
    const data = requestedData({ endpoint, source: { bucket, key: source, etag, size }, sinks, elements, transform: name });
    const signed = { ...data, transform: { ...data.transform, namespace } };
    expect(await post(await brokerAddress(), requestedEvent(signed, { key }).toJSON())).toBe(202);
    return signed;
  }

  it('that is not signed with the key of the installation runs nothing', async () => {
    const { data } = await get('secret', 'gst-functions', '-n', systemNamespace);
    await ask('forged', 'a key of somebody else');
    const job = await eventually('it in the dead letters', 120, async () => {
      const found = await tenant.job('requests/forged.mkv');
      return found?.status?.state === 'Failed' && found;
    });
    expect(job.status.runs ?? 0).toBe(0);
    // the same request with the right key goes all the way
    await ask('signed', Buffer.from(data['event-key'], 'base64').toString());
    await tenant.output('out/requests/signed.mp4');
    expect(await made('requests')).toEqual(['out/requests/signed.mp4']);
  });
});
