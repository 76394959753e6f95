/** The spec of a Job record: from where to where, as the seed has it. */
import type { ObjectRef, RunFacts, StoredOutput } from '../events/types.ts';
import type { JobSpec } from './record.ts';

/** @param outputs what was stored, where the run has ended well */
export function specOf({ transform, source, sinks }: RunFacts, outputs: readonly StoredOutput[] = []): JobSpec {
  const { key, etag, size, contentType, versionId, eventTime } = source;
  return {
    pipelineRef: { name: transform.name, kind: transform.kind },
    src: {
      name: key,
      config: configOf(source),
      streamType: 'all',
      etag,
      size,
      contentType,
      versionId,
      // the API server takes times in one form only
      eventTime: Number.isNaN(Date.parse(eventTime)) ? undefined : new Date(eventTime).toISOString(),
    },
    sinks: sinks.map((sink) => {
      const stored = outputs.find(({ name }) => name === sink.name);
      return {
        name: sink.key,
        config: configOf(sink),
        streamType: sink.name === 'out' ? 'all' : sink.name,
        ...(stored && { etag: stored.etag, size: stored.size, contentType: stored.contentType }),
      };
    }),
  };
}

function configOf({ endpoint, bucket }: ObjectRef): JobSpec['src']['config'] {
  const { address, tls, skipVerify, region, credentialsSecret } = endpoint;
  return {
    minio: {
      endpoint: address,
      ...(tls ? {} : { insecureNoTLS: true }),
      ...(skipVerify ? { insecureSkipVerify: true } : {}),
      region,
      bucket,
      ...(credentialsSecret === '' ? {} : { credentialsSecret: { name: credentialsSecret } }),
    },
  };
}
