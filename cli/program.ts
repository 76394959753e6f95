/** The commands, their arguments and what `--help` says of each. Each loads only what it needs, when it runs. */
import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };

export const program = new Command('gst-functions')
  .description('Event-driven GStreamer pipelines over MinIO objects')
  .version(manifest.version, '--version', 'print the version')
  .showHelpAfterError('(add --help for usage and an example)')
  .addHelpText(
    'after',
    `
Begin with:
  gst-functions run examples/thumbnail.yaml holiday.mkv   one film of yours, without any server
  gst-functions dev --transforms examples                 the whole system on this machine, with a live page
  gst-functions COMMAND --help                            options and an example

Pages: docs/README.md`,
  )
  .exitOverride();

program
  .command('run')
  .description('run one Transform on one local file: no MinIO, no cluster')
  .argument('<transform>', 'YAML file with a Transform')
  .argument('<input>', 'media file')
  .option('-o, --output <dir>', 'folder for the outputs, as DIR/<bucket>/<key>', 'out')
  .option('--name <name>', 'which Transform, where the file holds several')
  .option('--json', 'print one JSON object instead of text')
  .addHelpText(
    'after',
    '\nExample:\n  gst-functions run examples/mp4-converter.yaml holiday.mkv -o out\n  (writes out/gst-processing/mp4/holiday.mkv.mp4)',
  )
  .action(async (transform, input, options) => (await import('./run.ts')).run(transform, input, options));

program
  .command('validate')
  .description('say every fault of Transforms, each with its line and remedy')
  .argument('<file...>', 'YAML files, or folders of them; - is standard input')
  .option('--json', 'print one JSON object instead of text')
  .addHelpText('after', '\nExample:\n  gst-functions validate examples/\n  kubectl kustomize media/ | gst-functions validate -')
  .action(async (files, options) => (await import('./validate.ts')).validate(files, options));

program
  .command('graph')
  .description('show the pipeline of a Transform without running it')
  .argument('<transform>', 'YAML file with a Transform')
  .option('--format <format>', 'launch, dot, svg, png or jpg; that of the name of the output, or launch, where it is not given')
  .option('--name <name>', 'which Transform, where the file holds several')
  .option('-o, --output <file>', 'write there instead of to standard output')
  .option('--json', 'print one JSON object: the graph, with its text or picture')
  .addHelpText('after', '\nExample:\n  gst-functions graph examples/mp4-converter.yaml -o pipeline.svg')
  .action(async (transform, options) => (await import('./graph.ts')).graph(transform, options));

program
  .command('convert')
  .description("turn gst-launch text into a Transform's elements")
  .allowUnknownOption() // those of gst-launch-1.0 are a part of the text
  .argument(
    '<text...>',
    'the pipeline, as given to gst-launch-1.0; filesrc and filesink stand for input and output; - is standard input',
  )
  .option('--json', 'print one JSON object instead of YAML')
  .addHelpText(
    'after',
    "\nExample:\n  gst-functions convert 'filesrc location=a.mkv ! decodebin ! videoconvert ! x264enc ! mp4mux ! filesink location=a.mp4'",
  )
  .action(async (words, options) => (await import('./convert.ts')).convert(words, options));

program
  .command('catalogue')
  .description('list the elements of the GStreamer that is installed here, for the checks of Transforms')
  .option(
    '-o, --output <file>',
    'file to write, by Brotli where its name ends with .br; GST_CATALOGUE names it to validate, graph and serve',
    'elements.json.br',
  )
  .option('--json', 'print one JSON object instead of text')
  .addHelpText(
    'after',
    '\nExample:\n  gst-functions catalogue -o elements.json.br\n  GST_CATALOGUE=elements.json.br gst-functions validate examples/',
  )
  .action(async (options) => (await import('./catalogue.ts')).catalogue(options));

program
  .command('serve')
  .description('run one function, as in its container; its settings come from the environment (docs/reference/settings.md)')
  .argument('<function>', 'source, dispatcher, transcode, recorder, reconciler or dashboard')
  .option('--port <number>', 'port to listen on; PORT, or 8080, where it is not given')
  .addHelpText(
    'after',
    '\nExample:\n  K_SINK=http://127.0.0.1:8081 WEBHOOK_AUTH_TOKEN=secret gst-functions serve source --port 8090',
  )
  .action(async (name, options) => (await import('./serve/index.ts')).serveFunction(name, options));

program
  .command('backfill')
  .description('ask for every object that a Transform would have taken and that has no output')
  .argument('<transform>', 'name of the Transform or SplitTransform')
  .option('-n, --namespace <name>', 'namespace; that of the current context where it is not given')
  .option('--data <dir>', 'on one machine: the folder that gst-functions dev was given')
  .option('--dry-run', 'only say for what it would ask; in a cluster as far as one round goes')
  .option('--json', 'print one JSON object instead of text')
  .addHelpText(
    'after',
    '\nExample:\n  gst-functions backfill mp4-converter -n media-team\n  gst-functions backfill mp4-converter --data data --dry-run',
  )
  .action(async (name, options) => (await import('./ask.ts')).backfill(name, options));

program
  .command('retry')
  .description('ask for the work of a Job again, whatever became of it')
  .argument('<job>', 'name of the Job')
  .option('-n, --namespace <name>', 'namespace; that of the current context where it is not given')
  .option('--data <dir>', 'on one machine: the folder that gst-functions dev was given')
  .option('--json', 'print one JSON object instead of text')
  .addHelpText('after', '\nExample:\n  gst-functions retry mp4-converter-5vejv7vxj7xz3au3lce4c4kb5e -n media-team')
  .action(async (name, options) => (await import('./ask.ts')).retry(name, options));

program
  .command('cancel')
  .description('stop the run of a Job; it runs no more until retry asks for it')
  .argument('<job>', 'name of the Job')
  .option('-n, --namespace <name>', 'namespace; that of the current context where it is not given')
  .option('--data <dir>', 'on one machine: the folder that gst-functions dev was given')
  .option('--json', 'print one JSON object instead of text')
  .addHelpText('after', '\nExample:\n  gst-functions cancel mp4-converter-5vejv7vxj7xz3au3lce4c4kb5e -n media-team')
  .action(async (name, options) => (await import('./ask.ts')).cancel(name, options));

program
  .command('dev')
  .description('the whole system on this machine: MinIO, the functions, and a local broker that follows knative/base')
  .option('--transforms <dir>', 'folder of Transforms, read again when it changes', 'examples')
  .option('--data <dir>', 'folder for objects, Job records and logs; a temporary one where it is not given')
  .option('--minio-port <number>', 'port of MinIO; Transforms name it as 127.0.0.1:<number>', '9000')
  .option('--endpoint-alias <host:port...>', 'other addresses under which the Transforms name this MinIO')
  .option('--workers <number>', 'transcode processes; half of the cores where it is not given')
  .option('--backoff-scale <number>', 'multiplies the waits before the broker tries again', '1')
  .option('--json', 'print JSON lines instead of text')
  .addHelpText('after', '\nExample:\n  gst-functions dev --transforms examples')
  .action(async (options) => (await import('./dev/command.ts')).dev(options));
