/** Transform and SplitTransform: the one source of their types, checks, CRDs, editor schema and reference. */
import * as z from 'zod';
import { globalsSchema, type StoreFields, sinkSchema, sourceSchema } from './minio.ts';
import { type PipelineFields, pipelineSchema } from './pipeline.ts';

export const conditionsSchema = z
  .array(
    z
      .strictObject({
        type: z.string().meta({ description: 'What the condition is about.' }),
        status: z.enum(['True', 'False', 'Unknown']).meta({ description: 'Whether it holds.' }),
        reason: z.string().meta({ description: 'Why, in one word.' }).optional(),
        message: z.string().meta({ description: 'Why, in words.' }).optional(),
        lastTransitionTime: z.iso.datetime({ offset: true }).meta({ description: 'When the status changed last.' }).optional(),
        observedGeneration: z
          .int()
          .meta({ description: 'Generation of the resource that the condition was made from.' })
          .optional(),
      })
      .meta({ description: 'One condition.' }),
  )
  .meta({ description: 'Latest observations, one a type.', listMapKey: 'type' });

const statusSchema = z
  .strictObject({
    conditions: conditionsSchema.optional(),
    observedGeneration: z.int().meta({ description: 'Generation of the resource that this status was made from.' }).optional(),
  })
  .meta({
    description:
      'What the reconciler found. Ready: the resource is valid, and objects are run. Notifications: MinIO tells of new objects.',
  });

const common = {
  globals: globalsSchema.optional(),
  src: sourceSchema,
  pipeline: pipelineSchema,
  execution: z
    .enum(['service', 'job'])
    .meta({
      description:
        'Where runs take place: in a Knative Service (default), or as a Kubernetes Job each, for work of many minutes.',
    })
    .optional(),
  suspend: z
    .boolean()
    .meta({ description: 'Run nothing. Objects that come meanwhile are for `gst-functions backfill`. Default: false.' })
    .optional(),
};

const transformSpec = z
  .strictObject({
    ...common,
    sink: sinkSchema('Where the output goes, where there is one.').optional(),
    sinks: z
      .record(z.string(), sinkSchema('Where the output of this name goes.'))
      .meta({
        description:
          'Several outputs by name, instead of sink: `linkto: <name>-out` feeds each. Names have lower-case letters, digits and dashes.',
      })
      .optional(),
  })
  .meta({
    description: 'From where, through what, to where.',
    rules: [{ rule: 'has(self.sink) != has(self.sinks)', message: 'a Transform has either sink or sinks' }],
  });

const splitTransformSpec = z
  .strictObject({
    ...common,
    video: sinkSchema('Where the output fed by `linkto: video-out` goes. May be left out.').optional(),
    audio: sinkSchema('Where the output fed by `linkto: audio-out` goes. May be left out.').optional(),
  })
  .meta({
    description: 'From where, through what, to where.',
    rules: [{ rule: 'has(self.video) || has(self.audio)', message: 'a SplitTransform has video, or audio, or both' }],
  });

export const transformSchemas = {
  Transform: z
    .object({ spec: transformSpec, status: statusSchema.optional() })
    .meta({ description: 'Runs a GStreamer pipeline over every object that lands under a prefix of a bucket.' }),
  SplitTransform: z
    .object({ spec: splitTransformSpec, status: statusSchema.optional() })
    .meta({ description: 'A Transform with two outputs, one for video and one for audio.' }),
};

/** `spec` of both kinds, with all that is wrong left out: hence every field may be missing. */
export interface SpecFields {
  globals?: StoreFields;
  src?: StoreFields;
  sink?: StoreFields;
  sinks?: Record<string, StoreFields>;
  video?: StoreFields;
  audio?: StoreFields;
  pipeline?: PipelineFields;
  execution?: 'service' | 'job';
  suspend?: boolean;
}
