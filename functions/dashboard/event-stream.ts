/** The board as server-sent events: all of it first, then what changed, as fast as the reader reads. */
import type { Board, Change } from './board.ts';

export interface EventStreams {
  /** Undefined where as many as may be are open. `lastEventId` is what the reader got last, if it was here before. */
  open(lastEventId: string | undefined): ReadableStream<Uint8Array> | undefined;
  readonly count: number;
  /** Ends all of them: the readers come back, to whoever serves then. */
  close(): void;
}

export interface EventStreamOptions {
  board: Board;
  /** Of this process: the versions of another one mean nothing here. */
  epoch: string;
  /** Most streams at a time. */
  most?: number;
  /** A comment is sent where nothing else was for so long, so that neither end takes the other for dead; ms. */
  heartbeat?: number;
}

const defaultMost = 200;
const defaultHeartbeat = 15_000; // ms
/** Told to the browser: the wait before it comes back, in milliseconds. */
const comeBack = 2_000;

export function createEventStreams(options: EventStreamOptions): EventStreams {
  const { board, epoch, most = defaultMost, heartbeat = defaultHeartbeat } = options;
  const open = new Set<() => void>();
  const encoder = new TextEncoder();

  const stream = (lastEventId: string | undefined): ReadableStream<Uint8Array> => {
    let sent = versionOf(lastEventId, epoch);
    let began = false;
    let ended = false;
    let wake = () => {};
    const end = () => {
      ended = true;
      open.delete(end);
      stopListening();
      wake();
    };
    const stopListening = board.listen(() => wake());
    open.add(end);
    return new ReadableStream<Uint8Array>(
      {
        // asked for only when the one before is on its way: a slow reader gets fewer and larger changes, never a queue
        async pull(controller) {
          if (!began) {
            began = true;
            controller.enqueue(encoder.encode(`retry: ${comeBack}\n\n`));
            if (sent === board.version) return;
          }
          if (sent === board.version && !ended) await changeOrTime(heartbeat, (resolve) => (wake = resolve));
          if (ended) {
            controller.close();
            return;
          }
          if (sent === board.version) {
            controller.enqueue(encoder.encode(':\n\n'));
            return;
          }
          const change = board.since(sent);
          sent = change.version;
          controller.enqueue(encoder.encode(message(epoch, change)));
        },
        cancel: end,
      },
      { highWaterMark: 1 },
    );
  };

  return {
    open: (lastEventId) => (open.size >= most ? undefined : stream(lastEventId)),
    get count() {
      return open.size;
    },
    close() {
      for (const end of [...open]) end();
    },
  };
}

function message(epoch: string, change: Change): string {
  return `id: ${epoch}.${change.version}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
}

function versionOf(lastEventId: string | undefined, epoch: string): number | undefined {
  if (!lastEventId?.startsWith(`${epoch}.`)) return undefined;
  const version = Number(lastEventId.slice(epoch.length + 1));
  return Number.isSafeInteger(version) && version >= 0 ? version : undefined;
}

/** Resolves at the first of the two. */
async function changeOrTime(time: number, onWake: (resolve: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, time);
  onWake(resolve);
  await promise;
  clearTimeout(timer);
}
