import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { post, systemNamespace, wakeReconciler } from './support/install.ts';
import { apply, condition, get, items, type Json, kubectl } from './support/kubectl.ts';
import { connectStorage, type Storage } from './support/storage.ts';
import { createTenant, removeNamespace, sample } from './support/tenant.ts';

const namespace = 'gst-e2e-reconciler';
const other = 'gst-e2e-other';
const bucket = 'reconciler';

let folder: string;
let clip: string;
let storage: Storage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-e2e-'));
  clip = join(folder, 'clip.mkv');
  await makeClip(clip);
  storage = await connectStorage();
  await storage.makeBucket(bucket);
  await createTenant(namespace);
  await createTenant(other);
});
afterAll(async () => {
  storage?.close();
  await removeNamespace(namespace);
  await removeNamespace(other);
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function put(name: string, change: (written: Json) => void = () => {}, into = namespace): Promise<void> {
  const transform = await sample((written) => {
    written.metadata.name = name;
    written.spec.globals.minio.bucket = bucket;
    written.spec.src.minio.key = `${name}/`;
    written.spec.sink.minio.key = `out/${name}/{{ .SrcName }}.mp4`;
    written.spec.pipeline.elements.find((element: Json) => element.name === 'x264enc').properties = {
      'speed-preset': 'ultrafast',
    };
    delete written.spec.pipeline.debug;
    change(written);
  });
  await apply(transform, '-n', into);
}

const conditionOf = async (name: string, type: string, from = namespace) =>
  condition(await get('transform', name, '-n', from), type);
const output = (name: string, file = 'clip') =>
  eventually(`out/${name}/${file}.mp4`, 180, () => storage.client.statObject(bucket, `out/${name}/${file}.mp4`));
const upload = (name: string, file = 'clip') => storage.client.fPutObject(bucket, `${name}/${file}.mkv`, clip);
const watched = async (): Promise<string[]> => {
  const { QueueConfiguration } = (await storage.client.getBucketNotification(bucket)) as unknown as {
    QueueConfiguration?: Json[];
  };
  return (QueueConfiguration ?? []).map(({ Filter }) => Filter[0].Value).sort();
};

describe('the reconciler on a cluster', () => {
  it('asks for all that is there already where a backfill is wanted, a suspended Transform included', async () => {
    await storage.client.fPutObject(bucket, 'late/clip.mkv', clip);
    await put('late', (written) => {
      written.spec.suspend = true;
    });
    await eventually('Suspended', 60, async () => (await conditionOf('late', 'Ready'))?.reason === 'Suspended');
    expect((await storage.versions(bucket, 'out/late/')).size).toBe(0);
    await kubectl(['annotate', 'transform', 'late', '-n', namespace, 'pipelines.gst.io/backfill=']);
    await output('late');
    await eventually(
      'the annotation gone',
      60,
      async () => !(await get('transform', 'late', '-n', namespace)).metadata.annotations?.['pipelines.gst.io/backfill'],
    );
  });

  it('runs a Transform with resources of its own in a Service of its own', async () => {
    await put('heavy', (written) => {
      written.spec.pipeline.resources = { limits: { memory: '1Gi' } };
    });
    const [runner] = await eventually('a runner', 90, async () => {
      const found = await items('services.serving.knative.dev', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner');
      return found.length === 1 && condition(found[0], 'Ready')?.status === 'True' && found;
    });
    expect(runner.spec.template.spec.containers[0].resources.limits.memory).toBe('1Gi');
    await eventually('its Trigger ready', 120, async () => {
      const [trigger] = await items('triggers', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner');
      return condition(trigger, 'Ready')?.status === 'True';
    });
    await upload('heavy');
    await output('heavy');
    const logs = await kubectl([
      'logs',
      '-n',
      systemNamespace,
      '-l',
      `serving.knative.dev/service=${runner.metadata.name}`,
      '-c',
      'user-container',
      '--tail=-1',
    ]);
    expect(logs).toContain('run succeeded');
  });

  it('watches one bucket for two namespaces, and both get their outputs', async () => {
    await put('one');
    await put(
      'two',
      (written) => {
        written.spec.src.minio.key = 'one/';
      },
      other,
    );
    await eventually('both told', 60, async () => {
      const told = [await conditionOf('one', 'Notifications'), await conditionOf('two', 'Notifications', other)];
      return told.every((one) => one?.status === 'True');
    });
    await upload('one');
    await Promise.all([output('one'), output('two')]);
  });

  it('takes the rules of a Transform away with it', async () => {
    expect(await watched()).toContain('heavy/');
    await kubectl(['delete', 'transform', 'heavy', '-n', namespace]);
    await eventually('the rule gone', 60, async () => !(await watched()).includes('heavy/'));
  });

  it('writes nothing when there is nothing to say', async () => {
    const versions = async () => {
      const transforms = await items('transforms', '-n', namespace);
      return transforms.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
    };
    const before = await versions();
    // a touch of something that says nothing wakes it, as an event does; each is answered when its pass is done
    await kubectl(['annotate', 'transform', 'two', '-n', other, '--overwrite', `gst-functions/touched=${Date.now()}`]);
    for (let pass = 0; pass < 2; pass++) await wakeReconciler('/changed');
    expect(await versions()).toEqual(before);
  });
});

describe('who may do what', () => {
  const may = async (account: string, ...what: string[]) =>
    (await kubectl(['auth', 'can-i', ...what, '--as', `system:serviceaccount:${systemNamespace}:${account}`], { mayFail: true }))
      .trim()
      .split('\n')[0];

  it.each(['transcode', 'reconciler'])('%s reads the Secret that a tenant gave it, and no other', async (account) => {
    expect(await may(account, 'get', 'secret/minio-credentials', '-n', namespace)).toBe('yes');
    expect(await may(account, 'get', 'secret/another', '-n', namespace)).toBe('no');
    expect(await may(account, 'list', 'secrets', '-n', namespace)).toBe('no');
    expect(await may(account, 'get', 'secret/minio-credentials', '-n', 'default')).toBe('no');
  });

  it.each(['source', 'dispatcher', 'recorder'])('%s reads no Secret at all', async (account) => {
    expect(await may(account, 'get', 'secret/minio-credentials', '-n', namespace)).toBe('no');
  });

  it('a Transform that names a Secret nobody gave is told so, and its uploads come to nothing', async () => {
    await put('greedy', (written) => {
      written.spec.globals.minio.credentialsSecret.name = 'another';
    });
    const told = await eventually('the condition', 60, async () => {
      const found = await conditionOf('greedy', 'Notifications');
      return found?.status === 'False' && found;
    });
    expect(told).toMatchObject({ reason: 'CredentialsMissing', message: expect.stringContaining('may not read it') });
    await upload('greedy');
    await eventually('a Job that says so', 120, async () => {
      const jobs = await items('jobs.pipelines.gst.io', '-n', namespace);
      return jobs.find(({ spec }) => spec.src.name === 'greedy/clip.mkv')?.status?.error?.code === 'CREDENTIALS_MISSING';
    });
    expect((await storage.versions(bucket, 'out/greedy/')).size).toBe(0);
  });

  it('a request that nobody signed runs nothing', async () => {
    const url = (await get('configmap', 'broker', '-n', systemNamespace)).data.url;
    const event = {
      specversion: '1.0',
      id: 'forged',
      source: '/transforms/x/y',
      type: 'io.gst.pipelines.transform.requested',
      runner: 'default',
      execution: 'service',
      signature: 'bm8',
      datacontenttype: 'application/json',
      data: { job: 'forged', transform: { kind: 'Transform', namespace, name: 'forged' } },
    };
    const before = (await storage.versions(bucket, '')).size;
    expect(await post(url, event)).toBe('202');
    await eventually('it refused', 120, async () => {
      const logs = await kubectl(
        ['logs', '-n', systemNamespace, '-l', 'serving.knative.dev/service=transcode', '-c', 'user-container', '--tail=-1'],
        { mayFail: true },
      );
      return logs.includes('EVENT_SIGNATURE');
    });
    expect((await storage.versions(bucket, '')).size).toBe(before);
  });
});

describe('NetworkPolicies', () => {
  it('name pods, namespaces and ports that are there', async () => {
    const policies = await items('networkpolicies', '-n', systemNamespace);
    expect(policies).toHaveLength(3);
    const labelsOf = (selector: Json) =>
      Object.entries(selector?.matchLabels ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .join(',');
    for (const { spec } of policies) {
      for (const { to = [], from = [], ports } of [...(spec.egress ?? []), ...(spec.ingress ?? [])]) {
        for (const peer of [...to, ...from]) {
          const spaces = await items('namespaces', '-l', labelsOf(peer.namespaceSelector));
          expect(spaces.length, labelsOf(peer.namespaceSelector)).toBeGreaterThan(0);
          const pods = await items(
            'pods',
            '-n',
            spaces[0].metadata.name,
            ...(peer.podSelector ? ['-l', labelsOf(peer.podSelector)] : []),
          );
          expect(pods.length).toBeGreaterThan(0);
          const open = new Set(
            pods.flatMap((pod) =>
              pod.spec.containers.flatMap((container: Json) => (container.ports ?? []).map((port: Json) => port.containerPort)),
            ),
          );
          if (to.length > 0) for (const { port } of ports) expect(open).toContain(port);
        }
      }
    }
  });
});
