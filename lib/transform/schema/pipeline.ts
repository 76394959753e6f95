/** `spec.pipeline`: what is done to an object. */
import * as z from 'zod';
import { quantityPattern } from '../quantity.ts';

const elementSchema = z
  .strictObject({
    name: z.string().min(1).meta({ description: 'Factory name of the element, such as x264enc: see gst-inspect-1.0.' }),
    alias: z
      .string()
      .min(1)
      .meta({ description: 'What goto and linkto call this element. Unique; names that end in -out are reserved for sinks.' }),
    goto: z
      .string()
      .min(1)
      .meta({ description: 'Go on from the element of that alias, or from a pad of it as alias.pad, such as demux.audio_0.' }),
    linkto: z.string().min(1).meta({
      description:
        'Link the element before to the element of that alias (or to a pad of it, alias.pad) and go on from there. <name>-out is the sink of that name: video-out, audio-out in a SplitTransform.',
    }),
    properties: z
      .record(
        z.string(),
        z.union([z.string(), z.number(), z.boolean()]).meta({ description: 'Value of the property.', scalar: true }),
      )
      .meta({
        description:
          'Properties of the element, and of the pads of a mixer, such as sink_0::xpos. Text takes the form that gst-launch-1.0 takes: names of an enumeration, flags, fractions, caps.',
      }),
  })
  .partial()
  .meta({
    description: 'One step: an element (name), or goto, or linkto.',
    rules: [
      {
        rule: '[has(self.name), has(self.goto), has(self.linkto)].filter(set, set).size() == 1',
        message: 'an entry has one of name, goto and linkto',
      },
    ],
  });

const quantity = (description: string) =>
  z.union([z.int(), z.string().regex(new RegExp(quantityPattern))]).meta({ description, quantity: true });

const quantities = (description: string) => z.record(z.string(), quantity('Amount, such as 500m or 2Gi.')).meta({ description });

const resourcesSchema = z
  .strictObject({
    limits: quantities('Most that the run may use, such as cpu: "2" and memory: 2Gi.'),
    requests: quantities('What is set aside for the run, such as cpu: 500m.'),
    claims: z
      .array(
        z
          .strictObject({
            name: z.string().meta({ description: 'Name of the claim.' }),
            request: z.string().meta({ description: 'Request within the claim.' }).optional(),
          })
          .meta({ description: 'A claim.' }),
      )
      .meta({ description: 'Resource claims, as in a container.' }),
  })
  .partial()
  .meta({
    description:
      'Kubernetes resource requests and limits of the run. Such a pipeline has a runner (a Knative Service) of its own.',
  });

const limitsSchema = z
  .strictObject({
    timeout: z.string().meta({
      description:
        'Longest time of one run, as a Go duration. Default: 8m; at most MAX_TIMEOUT of the installation, or MAX_JOB_TIMEOUT with execution: job.',
    }),
    stall: z.string().meta({ description: 'Longest time without any progress, as a Go duration. Default: 60s.' }),
    inputBytes: quantity('Largest input, as a Kubernetes quantity. Default: 16Gi; at most MAX_INPUT_BYTES of the installation.'),
    outputBytes: quantity(
      'Most bytes that one run may write, as a Kubernetes quantity. Default: 16Gi; at most MAX_OUTPUT_BYTES of the installation.',
    ),
  })
  .partial()
  .meta({ description: 'Limits of one run. Over them the run fails, and leaves nothing behind.' });

const dotSchema = z
  .strictObject({
    path: z.string().meta({
      description:
        'Prefix in the bucket of the source; graphs go to <path>/<base name of the source>_debug/. Must not lie under the watched prefix.',
    }),
    render: z.enum(['png', 'svg', 'jpg']).meta({ description: 'Also draw the graph, in this format.' }),
    timestamped: z
      .boolean()
      .meta({ description: 'Keep a graph for every interval, instead of the latest only. Default: false.' }),
    interval: z.union([z.int().min(0), z.string()]).meta({
      description: 'Time between two graphs: seconds, or a Go duration such as 500ms. Default: 3s.',
      intOrString: true,
    }),
  })
  .partial()
  .meta({ description: 'Keep graphs of the running pipeline, as DOT files.' });

const debugSchema = z
  .strictObject({
    logLevel: z.int().min(0).max(9).meta({
      description:
        'Level of the GStreamer log (GST_DEBUG), from 1 (errors) to 9. Such a log is kept beside the graphs. Default: 4.',
    }),
    dot: dotSchema,
  })
  .partial()
  .meta({ description: 'Ways to look into a run.' });

export const pipelineSchema = z
  .strictObject({
    elements: z.array(elementSchema).min(1).max(500).meta({
      description:
        'Elements in order, each linked to the one before. goto and linkto make branches. The last one feeds the sink.',
    }),
    launch: z
      .string()
      .min(1)
      .meta({ description: 'The pipeline as gst-launch-1.0 text, instead of elements. Source and sink are added to its ends.' }),
    onMissingStream: z.enum(['skip', 'fail']).meta({
      description:
        'What becomes of a branch whose stream the input lacks: it is cut and the run goes on (skip), or the run fails (fail). Default: skip.',
    }),
    limits: limitsSchema,
    image: z.string().min(1).meta({
      description:
        'Image to run this pipeline in, built FROM the one of transcode: for plugins that it lacks. Such a pipeline has a runner of its own.',
    }),
    resources: resourcesSchema,
    debug: debugSchema,
  })
  .partial()
  .meta({
    description: 'What is done to each object.',
    rules: [{ rule: 'has(self.elements) != has(self.launch)', message: 'a pipeline has either elements or launch' }],
  });

export type PipelineFields = z.infer<typeof pipelineSchema>;
