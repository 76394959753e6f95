/** Job: the record of one object's way through one Transform. Written by the recorder, read by people. */
import * as z from 'zod';
import { sinkSchema } from './minio.ts';
import { requestedStatus } from './requested-status.ts';
import { conditionsSchema } from './transform.ts';

const time = (description: string) => z.iso.datetime({ offset: true }).meta({ description });
const text = (description: string) => z.string().meta({ description });
const amount = (description: string) => z.number().min(0).meta({ description });
const count = (description: string) => z.int().min(0).meta({ description });

const place = {
  name: text('Key of the object.'),
  config: sinkSchema('Server and bucket of the object.').optional(),
  streamType: text('Streams of the object: all; in a SplitTransform video or audio; otherwise the name of the sink.').optional(),
};
const content = {
  etag: text('ETag of the content, without quotes.').optional(),
  size: count('Bytes.').optional(),
  contentType: text('Media type.').optional(),
};

const specSchema = z
  .strictObject({
    pipelineRef: z
      .strictObject({
        name: text('Name of the resource, in the namespace of this Job.'),
        kind: z.enum(['Transform', 'SplitTransform']).meta({ description: 'Kind of the resource.' }),
      })
      .meta({ description: 'The Transform that the object is run through.' }),
    src: z
      .strictObject({
        ...place,
        ...content,
        versionId: text('Version of the object, where the bucket keeps versions.').optional(),
        eventTime: time('When the object was created: "now" of its key templates.').optional(),
      })
      .meta({ description: 'The source object.' }),
    sinks: z
      .array(z.strictObject({ ...place, ...content }).meta({ description: 'An output.' }))
      .meta({ description: 'The outputs.' }),
  })
  .meta({ description: 'What is done, from where to where.' });

const progressSchema = z
  .strictObject({
    percent: z.number().min(0).max(100).meta({ description: 'From 0 to 100, where the duration is known.' }),
    position: amount('Seconds of media done.'),
    duration: amount('Seconds of media in all.'),
    speed: amount('Seconds of media done in a second.'),
    bytesIn: count('Bytes read.'),
    bytesOut: count('Bytes written.'),
  })
  .partial()
  .meta({ description: 'How far the run is.' });

const errorSchema = z
  .strictObject({
    code: text('Stable code: see docs/reference/errors.md.'),
    class: text('permanent, transient or busy.').optional(),
    message: text('What went wrong.'),
    remedy: text('What to do about it.').optional(),
    element: text('The element that told of it.').optional(),
  })
  .meta({ description: 'Why the newest run failed.' });

const mediaSchema = (description: string) =>
  z
    .strictObject({
      container: text('Container, such as matroska.').optional(),
      duration: amount('Seconds.').optional(),
      streams: z
        .array(
          z
            .strictObject({
              kind: text('video, audio, subtitle or other.'),
              codec: text('Codec, as GStreamer names it.'),
              width: count('Pixels.').optional(),
              height: count('Pixels.').optional(),
              framerate: text('Frames a second, as a fraction.').optional(),
              channels: count('Audio channels.').optional(),
              rate: count('Samples a second.').optional(),
            })
            .meta({ description: 'A stream.' }),
        )
        .meta({ description: 'Its streams.' }),
    })
    .meta({ description });

const runSchema = z
  .strictObject({
    run: text('A ULID.'),
    state: z.enum(['InProgress', 'Retrying', 'Finished', 'Failed']).meta({ description: 'What became of it.' }),
    reason: text('Why nothing was done, where that is so.').optional(),
    startTime: time('When it started.').optional(),
    completionTime: time('When it ended.').optional(),
    error: z
      .strictObject({ code: text('Stable code.'), message: text('What went wrong.') })
      .meta({ description: 'Why it failed.' })
      .optional(),
  })
  .meta({ description: 'One run.' });

const timingsSchema = z
  .strictObject({
    queue: amount('From the request to the run.'),
    prepare: amount('Until the pipeline runs.'),
    pipeline: amount('In the pipeline.'),
    upload: amount('From its end until the outputs are there.'),
    total: amount('In all.'),
  })
  .partial()
  .meta({ description: 'Seconds by stage.' });

const deadLetterSchema = z
  .strictObject({
    request: text('Id of the request.'),
    answer: z.int().meta({ description: 'HTTP status of the last answer; absent where there was none.' }).optional(),
    permanent: z.boolean().meta({ description: 'Whether asking again would be in vain.' }),
    time: time('When it was given up.'),
    times: count('How many requests in a row were given up.'),
  })
  .meta({ description: 'The last request that the Broker gave up.' });

const statusSchema = z
  .strictObject({
    state: z.enum(['Pending', 'InProgress', 'Finished', 'Failed']).meta({ description: 'Of the newest run.' }),
    conditions: conditionsSchema,
    run: text('Newest run: a ULID.'),
    seq: count('Newest event of that run.'),
    event: z
      .enum(['started', 'progress', 'retrying', 'succeeded', 'failed', 'skipped'])
      .meta({ description: 'Kind of that event.' }),
    request: text('Id of the request that the newest run answers.'),
    runs: count('Runs so far.'),
    history: z.array(runSchema).meta({ description: 'The newest runs, oldest first.' }),
    traceId: text('Trace of the newest run, as 32 hexadecimal digits.'),
    media: z
      .strictObject({
        input: mediaSchema('What the input holds.').optional(),
        outputs: z
          .record(z.string(), mediaSchema('What the output holds.'))
          .meta({ description: 'By name of the sink.' })
          .optional(),
      })
      .meta({ description: 'Streams in and out.' }),
    reason: text('Why nothing was done, where that is so: superseded, gone, loop, cancelled or reused.'),
    progress: progressSchema,
    error: errorSchema,
    deadLetter: deadLetterSchema,
    skippedStreams: z
      .array(text('First element of the branch.'))
      .meta({ description: 'Branches that were cut, for the input lacks their stream.' }),
    startTime: time('When the newest run started.'),
    completionTime: time('When it ended.'),
    nextRequestTime: time('When the sweep asks for it again.'),
    seconds: amount('How long the newest run took.'),
    timings: timingsSchema,
  })
  .partial()
  .meta({ description: 'What has become of it.', default: requestedStatus });

export const jobSchema = z
  .object({ spec: specSchema, status: statusSchema.optional() })
  .meta({ description: 'The record of one object on its way through a Transform.' });

export type JobSpec = z.infer<typeof specSchema>;
export type JobStatus = z.infer<typeof statusSchema>;
