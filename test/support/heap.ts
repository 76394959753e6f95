/** What a process keeps in its heap, seen by its debugger: started with NODE_OPTIONS=`debuggable`, it knows nothing of it. */
import type { ServedProcess } from './serve.ts';
import { until } from './until.ts';

export const debuggable = '--inspect=127.0.0.1:0';

export interface HeapWatch {
  /** How many objects of each class live when all garbage is gone. */
  classes(): Promise<Map<string, number>>;
  /** What an expression comes to in that process, as JSON has it. */
  evaluate(expression: string): Promise<unknown>;
  close(): void;
}

interface Answer {
  id?: number;
  method?: string;
  params?: { chunk?: string };
  result?: { result?: { value?: unknown }; exceptionDetails?: { text: string } };
  error?: { message: string };
}

/** @param served must log all that it says, as serveProcess has it */
export async function watchHeap(served: ServedProcess): Promise<HeapWatch> {
  const address = () => served.log.map((line) => /Debugger listening on (ws:\S+)/.exec(line)?.[1]).find(Boolean);
  await until(() => address() !== undefined);
  const socket = new WebSocket(address() as string);
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let asked = 0;
  let chunks: string[] = [];
  const ask = (method: string, params = {}) => {
    const id = ++asked;
    const answer = Promise.withResolvers<Answer>();
    waiting.set(id, answer);
    socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  };
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(data) as Answer;
    const { id, method, params, error } = answer;
    if (method === 'HeapProfiler.addHeapSnapshotChunk') chunks.push(params?.chunk ?? '');
    if (id === undefined) return;
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error('no debugger there')), { once: true });
  });
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = (await ask('Runtime.evaluate', { expression, returnByValue: true })).result ?? {};
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result?.value;
  };
  return {
    evaluate,
    async classes() {
      chunks = [];
      // Node keeps the timings of 250 calls of fetch, and then drops them
      await evaluate('performance.clearResourceTimings()');
      // what a finalizer releases is garbage only then
      for (let round = 0; round < 2; round++) await ask('HeapProfiler.collectGarbage');
      await ask('HeapProfiler.takeHeapSnapshot');
      return countClasses(JSON.parse(chunks.join('')));
    },
    close: () => socket.close(),
  };
}

interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
  strings: string[];
}

/** Objects and functions by name; strings, code and V8's own are left out, which come and go with what is compiled. */
function countClasses({ snapshot: { meta }, nodes, strings }: Snapshot): Map<string, number> {
  const counts = new Map<string, number>();
  const kinds = ['object', 'closure'].map((name) => meta.node_types[0].indexOf(name));
  const [type, name] = ['type', 'name'].map((field) => meta.node_fields.indexOf(field)) as [number, number];
  for (let at = 0; at < nodes.length; at += meta.node_fields.length) {
    if (!kinds.includes(nodes[at + type] as number)) continue;
    const label = strings[nodes[at + name] as number] as string;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}
