/** The launch line of one run, and what of it is to be watched. */
import { printLink, printNode, printRef, printValue, sinkName, sourceName } from '../graph/index.ts';
import type { Graph } from '../graph/model.ts';
import type { ReadAccess } from '../storage/types.ts';
import type { OutputTarget } from './types.ts';

export { sinkName, sourceName };

/** Between the source and the graph, where the object comes over the network. */
export const bufferName = 'gst-functions-buffer';

/** Bytes that the network source asks for at a time: as fast as a local file, where the default is many times slower. */
const blockSize = 1024 * 1024;
/**
 * Bytes that the sink gathers before it writes them. The system keeps a file in memory in pieces as large as what is written
 * at a time, and writes and reads large ones in two thirds of the time.
 */
const writeSize = 1024 * 1024;
/** Of a local file: flactag and its like lose the rest of a file that comes in few large buffers. */
const fileBlockSize = 64 * 1024;
/** Seconds without a byte after which a read is tried again, by range. */
const readTimeout = 20;
const readRetries = 3;
/**
 * Bytes kept of what was read, in memory. With such a buffer the demuxer pulls what it wants, as from a local file: pushed at,
 * those of AVI and of fragmented MP4 lose frames or give up. And the next bytes are read while it is at work.
 */
const bufferSize = 16 * 1024 * 1024;
/** Bytes that are read ahead. */
const readAhead = 4 * 1024 * 1024;
/**
 * A queue does not hand on that the source is on the network and thus, for GStreamer, sequential: at that word mxfdemux lets
 * itself be pushed at, and finds nothing.
 */
const handOver = 'queue name=gst-functions-hand-over max-size-buffers=1';
const buffer = `${handOver} ! queue2 name=${bufferName} ring-buffer-max-size=${bufferSize} max-size-bytes=${readAhead} max-size-buffers=0 max-size-time=0`;

export interface Launch {
  line: string;
  watched: string[];
  heads: string[];
  positions: string[];
}

export function launchOf(graph: Graph, source: ReadAccess, outputs: OutputTarget[]): Launch {
  const files = outputs.filter(({ path }) => !path.endsWith('/'));
  const parts = [
    ...graph.nodes.map((node) => printNode(node)),
    ...(graph.source ? [`${sourceElement(source)} ! ${printRef(graph.source)}`] : []),
    ...graph.links.map(printLink),
    ...graph.outputs.flatMap((output) => {
      const file = files.find(({ name }) => name === output.name);
      return file
        ? [
            `${printRef(output.from)} ! filesink name=${sinkName(output.name)} location=${stringValue(file.path)} buffer-size=${writeSize}`,
          ]
        : [];
    }),
  ];
  const fed = graph.outputs.filter(({ name }) => files.some((file) => file.name === name));
  const ends = graph.nodes.filter(
    ({ id }) => !graph.links.some(({ from }) => from.node === id) && !graph.outputs.some(({ from }) => from.node === id),
  );
  return {
    line: parts.join('  '),
    watched: [...fed.flatMap(({ name, from }) => [from.node, sinkName(name)]), ...ends.map(({ id }) => id)],
    heads: [...new Set(graph.links.map(({ to }) => to.node))],
    positions: graph.nodes.map(({ id }) => id),
  };
}

function sourceElement(source: ReadAccess): string {
  if (source.kind === 'file') return `filesrc name=${sourceName} location=${stringValue(source.path)} blocksize=${fileBlockSize}`;
  const { url, headers, caFile, verify } = source;
  const properties = [
    `name=${sourceName}`,
    `location=${stringValue(url)}`,
    `blocksize=${blockSize}`,
    'automatic-redirect=false', // a redirect would lead to an address that nobody signed
    'iradio-mode=false', // no icy-metadata header
    'keep-alive=true',
    `timeout=${readTimeout}`,
    `retries=${readRetries}`,
    `ssl-strict=${verify}`,
    ...(caFile ? [`ssl-ca-file=${stringValue(caFile)}`] : []),
    ...(Object.keys(headers).length > 0 ? [`extra-headers=${printValue(headerStructure(headers), 'structure')}`] : []),
  ];
  return `souphttpsrc ${properties.join(' ')} ! ${buffer}`;
}

/** A GstStructure in its string form. Header names need no escaping: a URL's signer gives them. */
function headerStructure(headers: Record<string, string>): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}=(string)"${value.replace(/["\\]/g, '\\$&')}"`);
  return ['headers', ...fields].join(',');
}
const stringValue = (text: string) => printValue(text, 'string');
