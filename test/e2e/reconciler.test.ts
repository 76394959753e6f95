import { describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { wakeReconciler } from './support/inside.ts';
import { logsOf, systemNamespace } from './support/install.ts';
import { condition, items, type Json, kubectl } from './support/kubectl.ts';
import { useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-reconciler', 'reconciler');
const other = useTenant('gst-e2e-other', 'reconciler');

const watched = async (): Promise<string[]> => {
  const { QueueConfiguration } = (await tenant.storage.client.getBucketNotification(tenant.bucket)) as unknown as {
    QueueConfiguration?: Json[];
  };
  return (QueueConfiguration ?? []).map(({ Filter }) => Filter[0].Value).sort();
};

describe('the reconciler on a cluster', () => {
  it('runs a Transform with resources of its own in a Service of its own', async () => {
    await tenant.put('heavy', (written) => {
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
    await tenant.upload('heavy/clip.mkv');
    await tenant.output('out/heavy/clip.mp4');
    expect(await logsOf(runner.metadata.name)).toContain('run succeeded');
  });

  it('watches one bucket for two namespaces, and both get their outputs', async () => {
    await tenant.put('one');
    await other.put('two', (written) => {
      written.spec.src.minio.key = 'one/';
    });
    await tenant.upload('one/clip.mkv');
    await Promise.all([tenant.output('out/one/clip.mp4'), other.output('out/two/clip.mp4')]);
  });

  it('takes the rules of a Transform away with it', async () => {
    expect(await watched()).toContain('heavy/');
    await kubectl(['delete', 'transform', 'heavy', '-n', tenant.namespace]);
    await eventually('the rule gone', 60, async () => !(await watched()).includes('heavy/'));
  });

  it('writes nothing when there is nothing to say', async () => {
    const versions = async () => {
      const transforms = await items('transforms', '-n', tenant.namespace);
      return transforms.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
    };
    const before = await versions();
    expect(before).not.toEqual([]);
    // a touch of something that says nothing wakes it, as an event does; each is answered when its pass is done
    await kubectl(['annotate', 'transform', 'two', '-n', other.namespace, '--overwrite', `gst-functions/touched=${Date.now()}`]);
    for (let pass = 0; pass < 2; pass++) await wakeReconciler('/changed');
    expect(await versions()).toEqual(before);
  });
});
