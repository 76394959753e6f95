/** Where objects are: `minio` of globals, src and sinks. Field descriptions here are those of the CRDs and the reference. */
import * as z from 'zod';

const connection = {
  endpoint: z.string().meta({ description: 'Address of the MinIO server as host:port, without a scheme.' }),
  insecureNoTLS: z.boolean().meta({ description: 'Speak plain HTTP instead of HTTPS. Default: false.' }),
  endpointCA: z.string().meta({ description: 'PEM chain, encoded as base64, to verify the certificate of the server with.' }),
  insecureSkipVerify: z.boolean().meta({ description: 'Do not verify the certificate of the server. Default: false.' }),
  region: z.string().meta({ description: 'Region of the server. Default: us-east-1.' }),
  credentialsSecret: z
    .strictObject({
      name: z.string().min(1).max(253).meta({ description: 'Name of the Secret.' }),
    })
    .meta({
      description:
        'Secret in the namespace of this resource that holds access-key-id and secret-access-key. Its content never leaves the namespace: events carry its name only.',
    }),
};

const written = {
  contentType: z
    .string()
    .meta({ description: 'Media type of the output, such as video/mp4. Default: by the extension of its key.' }),
  cacheControl: z.string().meta({ description: 'Cache-Control header that the output is served with, such as "max-age=3600".' }),
  metadata: z
    .record(z.string(), z.string().meta({ description: 'Value of the metadata.' }))
    .meta({ description: 'User metadata of the output: x-amz-meta-<name> each. Names that begin with gst- are taken.' }),
  overwrite: z.boolean().meta({
    description:
      'Replace an object at the output key that was made from another source, instead of failing with OUTPUT_COLLISION. Default: false.',
  }),
};

const sourceBucket = z.string().meta({ description: 'Bucket to watch.' });
const prefix = z.string().meta({ description: 'Prefix of the keys to watch. Empty, or "/": the whole bucket.' });
const include = z
  .string()
  .meta({ description: 'Regular expression (RE2 syntax) that a key must match, anywhere unless anchored. Default: every key.' });
const exclude = z
  .string()
  .meta({ description: 'Regular expression (RE2 syntax) of keys to leave out; matches anywhere unless anchored.' });
const sinkBucket = z.string().meta({ description: 'Bucket to write to.' });
const keyTemplate = z.string().meta({
  description:
    'Key of the output: a Go template with the sprig functions, such as "mp4/{{ .SrcName }}.mp4". Empty: the base name of the source. One that ends in "/" takes a directory of files.',
});

/** A map of optional, described fields. */
function fields<Shape extends Record<string, z.ZodType>>(shape: Shape) {
  return z.strictObject(shape).partial();
}

/** Wraps in `{minio: …}`, as the seed does. */
function store<Minio extends z.ZodType>(minio: Minio, description: string, about: string) {
  return z.strictObject({ minio: minio.meta({ description: about }).optional() }).meta({ description });
}

export const globalsSchema = store(
  fields({
    ...connection,
    bucket: z.string().meta({ description: 'Bucket of source and sinks.' }),
    key: prefix,
    include,
    exclude,
    ...written,
  }),
  'Settings that source and sinks have in common: each applies wherever these leave the field out.',
  'The MinIO server, and the bucket, that source and sinks share.',
);
export const sourceSchema = store(
  fields({ ...connection, bucket: sourceBucket, key: prefix, include, exclude }),
  'Where objects come from: every object that is created there, and matches, is run through the pipeline.',
  'The MinIO server, the bucket and the keys to watch.',
);

export function sinkSchema(what: string) {
  return store(
    fields({ ...connection, bucket: sinkBucket, key: keyTemplate, exclude, ...written }),
    what,
    'The MinIO server, the bucket and the key to write to.',
  );
}

export type MinioFields = NonNullable<z.infer<ReturnType<typeof sinkSchema>>['minio']> &
  NonNullable<z.infer<typeof sourceSchema>['minio']>;
export type StoreFields = { minio?: MinioFields };
