/** `gst-functions graph TRANSFORM`: its pipeline as text or as a picture, without running it. */
import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { collectFindings } from '../lib/finding.ts';
import { graphFromElements, graphToDot, launchCommand, loadCatalogue } from '../lib/graph/index.ts';
import { type PictureFormat, renderDot } from '../lib/graph/render.ts';
import { meant } from '../lib/nearest.ts';
import type { ResolvedTransform } from '../lib/transform/index.ts';
import { UsageError } from './exit.ts';
import { formatFinding, readTransform } from './read-transforms.ts';

const formats = ['launch', 'dot', 'svg', 'png', 'jpg'] as const;
type Format = (typeof formats)[number];

export interface GraphOptions {
  /** That of the name of `output`, or launch, where it is not given. */
  format?: string;
  name?: string;
  output?: string;
  json?: boolean;
}

/** With `json`: `{transform, format, graph, text}`, or `bytes` (base64) in place of `text` for a picture of pixels. */
export async function graph(file: string, { format, name, output, json = false }: GraphOptions): Promise<void> {
  const wanted = format === undefined ? formatOf(output) : formats.find((known) => known === format);
  if (!wanted) throw new UsageError(`there is no format ${format}: ${formats.join(', ')}${meant(format ?? '', formats)}`);
  const { transform, warnings } = await readTransform(file, name);
  if (!json) for (const warning of warnings) process.stderr.write(`${formatFinding(warning)}\n`);
  const planned = plannedGraph(transform);
  const drawn = await draw(planned, transform, wanted);
  if (output !== undefined) await writeFile(output, drawn);
  if (json) {
    const { kind, namespace, name: called } = transform.ref;
    const body = typeof drawn === 'string' ? { text: drawn } : { bytes: drawn.toString('base64') };
    const told = { transform: { kind, namespace, name: called }, format: wanted, warnings, graph: planned };
    process.stdout.write(`${JSON.stringify({ ...told, ...(output === undefined ? body : { output }) })}\n`);
  } else if (output === undefined) process.stdout.write(drawn);
}

/** By the end of the name, as of `pipeline.svg`. */
function formatOf(output = ''): Format {
  const end = extname(output).slice(1).toLowerCase().replace('jpeg', 'jpg');
  return formats.find((known) => known === end) ?? 'launch';
}

function plannedGraph({ pipeline, sinks }: ResolvedTransform) {
  const outlets = sinks.map(({ name, keyTemplate }) => ({ name, directory: keyTemplate.endsWith('/') }));
  // a Transform that was resolved has no faults in its graph
  return graphFromElements(
    pipeline.elements,
    { outlets, catalogue: loadCatalogue() },
    collectFindings(() => undefined),
  );
}

async function draw(
  planned: ReturnType<typeof plannedGraph>,
  { ref }: ResolvedTransform,
  format: Format,
): Promise<string | Buffer> {
  if (format === 'launch') return `${launchCommand(planned, { catalogue: loadCatalogue() })}\n`;
  const dot = graphToDot(planned, { title: ref.name });
  if (format === 'dot') return dot;
  const picture = Buffer.from(await renderDot(dot, format satisfies PictureFormat));
  return format === 'svg' ? picture.toString() : picture;
}
