/** What must outlive a pass: where the sweep stands, and which buckets were told to notify us. One ConfigMap. */
import { isDeepStrictEqual } from 'node:util';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { type KubeClient, kubernetesFault, statusOf } from '../../lib/kubernetes/index.ts';
import type { Backfills } from './backfills.ts';
import type { WatchedBucket } from './notifications.ts';
import type { Positions } from './sweep/position.ts';

export interface State {
  positions: Positions;
  watched: WatchedBucket[];
  backfills: Backfills;
}

/** Named in the Role of the reconciler too. */
const name = 'sweep';

export interface StateStore {
  read(): Promise<State>;
  /**
   * Writes only what has changed since it was read.
   *
   * @throws Fault KUBERNETES_FAILED, also where someone else has written meanwhile
   */
  write(state: State): Promise<void>;
}

export function createStateStore({ core }: Pick<KubeClient, 'core'>, namespace: string): StateStore {
  let known: Pick<V1ConfigMap, 'metadata' | 'data'> | undefined;
  return {
    async read() {
      const found = await core.readNamespacedConfigMap({ namespace, name }).catch((error: unknown) => {
        if (statusOf(error) === 404) return undefined;
        throw kubernetesFault(`read ConfigMap ${namespace}/${name}`, error);
      });
      known = found && { metadata: found.metadata, data: { ...found.data } };
      const { positions, watched, backfills } = found?.data ?? {};
      return { positions: parse(positions, {}), watched: parse(watched, []), backfills: parse(backfills, {}) };
    },
    async write({ positions, watched, backfills }) {
      const data = {
        positions: JSON.stringify(positions),
        watched: JSON.stringify(watched),
        backfills: JSON.stringify(backfills),
      };
      if (isDeepStrictEqual(known?.data, data)) return;
      const body = { metadata: { name, namespace, resourceVersion: known?.metadata?.resourceVersion }, data };
      try {
        const { metadata } = known
          ? await core.replaceNamespacedConfigMap({ namespace, name, body })
          : await core.createNamespacedConfigMap({ namespace, body });
        known = { metadata, data };
      } catch (error) {
        throw kubernetesFault(`write ConfigMap ${namespace}/${name}`, error);
      }
    },
  };
}

/** A text that someone has spoilt counts as none: then the sweep begins anew, from now on. */
function parse<T>(text: string | undefined, fallback: T): T {
  try {
    return text === undefined ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}
