/** The names that Knative Functions looks for, made from the shape that every function here has. */
import type { CloudEvent, Message } from 'cloudevents';
import { startTelemetry } from './start-telemetry.ts';
import type { FunctionModule, RunningFunction } from './types.ts';

/** What is used of the context that Knative's runtime for Node gives. */
export interface KnativeContext {
  method?: string;
  headers?: Record<string, string | string[] | undefined>;
  body?: unknown;
  rawBody?: string | Uint8Array;
}

export interface KnativeAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

export interface KnativeFunction {
  init(): Promise<void>;
  handle(context: KnativeContext, input?: unknown): Promise<KnativeAnswer>;
  liveness(): Promise<KnativeAnswer>;
  readiness(): Promise<KnativeAnswer>;
  shutdown(): Promise<void>;
}

/** Settings are read in `init`, not when the module is imported. */
export function knativeFunction({ name, start }: FunctionModule): KnativeFunction {
  let starting: Promise<RunningFunction> | undefined;
  let stopTelemetry = async () => {};
  const begin = async () => {
    stopTelemetry = await startTelemetry(name, process.env);
    return start(process.env);
  };
  const running = () => {
    starting ??= begin();
    return starting;
  };
  const ask = async (request: Request) => {
    const response = await (await running()).app.fetch(request);
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  };
  return {
    init: async () => void (await running()),
    handle: async (context, input) => ask(await requestOf(context, input)),
    liveness: () => ask(new Request('http://function/health/liveness')),
    readiness: () => ask(new Request('http://function/health/readiness')),
    async shutdown() {
      const { lifecycle, close } = await running();
      lifecycle.drain();
      await lifecycle.idle();
      await close();
      await stopTelemetry();
    },
  };
}

async function requestOf(context: KnativeContext, input: unknown): Promise<Request> {
  const { method = 'POST', headers = {}, body, rawBody } = context;
  if (isCloudEvent(input)) {
    const { HTTP } = await import('cloudevents');
    const message: Message<unknown> = HTTP.structured(input);
    return new Request('http://function/', {
      method: 'POST',
      headers: message.headers as Record<string, string>,
      body: message.body as string,
    });
  }
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = rawBody === undefined ? text : Buffer.from(rawBody as string);
  const bare = method === 'GET' || method === 'HEAD';
  return new Request('http://function/', { method, headers: pairs, body: bare ? undefined : sent });
}

/** By its attributes: the runtime has an SDK of its own, so its events are of another class. */
function isCloudEvent(input: unknown): input is CloudEvent<unknown> {
  return typeof input === 'object' && input !== null && 'specversion' in input && 'id' in input && 'toJSON' in input;
}
