/** What the schemas of several events have in common. */
import * as z from 'zod/mini'; // its schemas are made in half the time, and every function makes them at its start
import en from 'zod/v4/locales/en.js';

z.config(en()); // the texts of what is wrong

export const count = z.int().check(z.minimum(0));
export const amount = z.number().check(z.minimum(0));
export const name = z.string().check(z.minLength(1), z.maxLength(253));
export const some = z.string().check(z.minLength(1));
export const text = z.optional(z.string());

/** A job's name is also that of a resource, and of a file. */
export const job = z.string().check(
  z.maxLength(253),
  z.regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  z.refine((value) => !value.includes('..')),
);
// as Kubernetes allows them: they are parts of paths as well
export const namespace = z.string().check(z.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/));
export const transform = z.object({ kind: z.enum(['Transform', 'SplitTransform']), namespace, name: job });

export const endpoint = z.object({
  address: some,
  tls: z.boolean(),
  ca: text,
  skipVerify: z.optional(z.boolean()),
  region: z.string(),
  credentialsSecret: z.string(),
});
export const place = { bucket: some, key: some };

export const source = z.object({
  endpoint,
  ...place,
  etag: some,
  size: count,
  versionId: text,
  contentType: text,
  eventTime: z.string(),
});
