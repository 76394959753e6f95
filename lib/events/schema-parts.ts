/** What the schemas of several events have in common. */
import { integer, number, object, oneOf, text, truth } from './shape.ts';

export const count = integer({ minimum: 0 });
export const amount = number({ minimum: 0 });
export const some = text({ minLength: 1 });
export const name = text({ minLength: 1, maxLength: 253 });

/** A job's name is also that of a resource, and of a file: no part of it may be `..`. */
export const job = text({ maxLength: 253, pattern: '^(?!.*\\.\\.)[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' });

// as Kubernetes allows them: they are parts of paths as well
const namespace = text({ pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' });
export const transform = object({ kind: oneOf('Transform', 'SplitTransform'), namespace, name: job });

export const endpoint = object(
  { address: some, tls: truth, region: text(), credentialsSecret: text() },
  { ca: text(), skipVerify: truth },
);
export const place = { bucket: some, key: some };

export const source = object(
  { endpoint, ...place, etag: some, size: count, eventTime: text() },
  { versionId: text(), contentType: text() },
);
