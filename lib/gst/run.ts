/** One run of a graph: a child plays it, the watchdog looks on, and at the end stands a result or a fault. */
import { clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Graph } from '../graph/model.ts';
import type { Child } from './child-process.ts';
import { narrowed, type RunReach } from './confinement.ts';
import { crashOf } from './crash.ts';
import { createDots } from './dots.ts';
import { bestError, brokenFault, brokeOff, faultOf, isEcho, silentDemuxer } from './faults.ts';
import { bufferName, launchOf, sourceName } from './launch.ts';
import { inputFacts, inWords } from './media-facts.ts';
import { type Cut, cutBranches, type Unlinked } from './missing-streams.ts';
import { outOfMemoryKills, residentMemory } from './process-memory.ts';
import type { BusError, EndReport, PadReport, Report } from './protocol.ts';
import { redactor } from './redact.ts';
import type { RunTimes } from './run-times.ts';
import { sizeOf } from './scratch-size.ts';
import type { DotSnapshot, RunObserver, RunRequest } from './types.ts';
import { createWaitingBranches } from './waiting-branches.ts';
import { createWatchdog } from './watchdog.ts';

export interface RunDeps {
  child: Child;
  memoryLimit: number | undefined;
  /** Places for local sources, of which this run reads only its own. */
  readable: readonly string[];
  times: RunTimes;
}

export interface RunEnd {
  end: EndReport;
  /** The graph that ran to its end. */
  graph: Graph;
  skippedStreams: string[];
  skippedOutputs: string[];
  /** Moments, by `clock`. */
  at: { started: number; paused?: number; playing?: number; ended: number };
}

/** How often a pipeline that stands still before its first picture is begun anew. */
const maxStuck = 5;

/** @throws Fault; the child may still be alive then, and must be killed by the caller in every case. */
export async function play(request: RunRequest, observer: RunObserver, signal: AbortSignal, deps: RunDeps): Promise<RunEnd> {
  const { child, times } = deps;
  const redact = redactor(request.source);
  const outcome = Promise.withResolvers<{ end: EndReport; dot?: string }>();
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, what: () => void) => void timers.add(setTimeout(what, ms));
  const killsBefore = outOfMemoryKills();
  const warned = new Set<string>();
  const dots = createDots(child, observer, redact, times.dot);

  const waitingBranches = (graph: Graph) =>
    createWaitingBranches({ graph, interval: times.progress, hopeless: times.hopeless, shown: times.shown });
  let cut: Cut = { graph: request.graph, skippedStreams: [], skippedOutputs: [] };
  let starts = 0;
  let stopping = false;
  let settled = false;
  let errors: BusError[] = [];
  let unlinked: Unlinked[] = [];
  let pads: PadReport[] = [];
  const missingPlugins: string[] = [];
  let encrypted = false;
  let chosen = false;
  let triedAgain = 0;
  let waitedForOthers = false;
  const at: RunEnd['at'] = { started: clock(), ended: 0 };
  let progress: (Report & { kind: 'progress' }) | undefined;
  let bytesOut = 0;
  let waiting = waitingBranches(request.graph);

  const fail = (error: unknown) => {
    if (settled) return;
    settled = true;
    outcome.reject(error);
  };
  /** Fails once the picture of this moment is taken, where one is wanted. */
  const failWithPicture = (fault: Fault, reason: DotSnapshot['reason']) => {
    if (settled) return;
    settled = true;
    if (!request.debug?.dot) return outcome.reject(fault);
    void dots.take(reason).then(() => outcome.reject(fault));
  };

  const start = () => {
    const { line, watched, heads, positions } = launchOf(cut.graph, request.source, request.outputs);
    errors = [];
    unlinked = [];
    pads = [];
    stopping = false;
    waiting = waitingBranches(cut.graph);
    child.send({
      kind: 'play',
      launch: line,
      source: sourceName,
      watched,
      heads,
      positions,
      cwd: request.outputs.find(({ path }) => path.endsWith('/'))?.path ?? request.scratch,
      scratch: request.scratch,
      // Landlock layers stack: one is enough for all pipelines of the run
      confinement: starts++ === 0 && child.confinement ? narrowed(child.confinement, reach(request), deps.readable) : undefined,
      logLevel: request.debug?.logLevel,
      dotAtEnd: request.debug?.dot !== undefined,
      progressInterval: times.progress,
    });
  };

  const choose = () => {
    if (chosen) return;
    chosen = true;
    const { skippedStreams, skippedOutputs } = cut;
    observer.onPlaying?.({ skippedStreams, skippedOutputs });
  };

  const found = () => inputFacts({ pads });
  const withoutStreams = () => {
    // what an element says of the input itself comes first: with a broken one no branch gets a pad
    if (stopping || settled || errors.some((error) => !isEcho(error))) return;
    try {
      const next = cutBranches(cut.graph, unlinked, { found: found(), missingPlugins, onMissingStream: request.onMissingStream });
      cut = {
        graph: next.graph,
        skippedStreams: [...cut.skippedStreams, ...next.skippedStreams],
        skippedOutputs: [...cut.skippedOutputs, ...next.skippedOutputs],
      };
    } catch (error) {
      return failWithPicture(Fault.from(error), 'error');
    }
    startAnew();
  };
  const startAnew = () => {
    stopping = true;
    child.send({ kind: 'stop' });
    after(times.stop, () => {
      if (stopping) fail(new Fault('STALLED', { limit: times.stop / 1000 }));
    });
  };

  const onError = () => {
    const error = bestError(errors, sourceName);
    if (!error || stopping) return;
    const address = request.source.kind === 'http' ? new URL(request.source.url).host : request.source.path;
    const blame = {
      source: sourceName,
      buffer: bufferName,
      address,
      scratch: request.scratch,
      found: inWords(found()),
      missingPlugins,
      encrypted,
      redact,
    };
    const broken = request.source.kind === 'http' && missingPlugins.length === 0 && brokeOff(errors, blame);
    // it may also be the first to be told that others have stopped it, on a busy machine long before the one that did
    if (broken && !waitedForOthers) {
      waitedForOthers = true;
      return after(times.others, onError);
    }
    const fault = broken ? brokenFault(error, address) : faultOf(error, blame);
    failWithPicture(fault, 'error');
  };

  const onReport = (report: Report) => {
    // what a pipeline says while it is being stopped, to start anew without a branch, is about that stop
    if (stopping && report.kind !== 'stopped') return;
    switch (report.kind) {
      case 'refused':
        return fail(
          report.by === 'sandbox'
            ? new Fault('CHILD_START', { cause: report.message })
            : new Fault('PIPELINE_INVALID', { cause: redact(report.message) }),
        );
      case 'state':
        if (report.state === 'PAUSED') at.paused ??= clock();
        if (report.state !== 'PLAYING') return;
        at.playing = clock();
        choose();
        if (request.debug?.dot) void dots.take('playing');
        return;
      case 'error':
        errors.push(report);
        pads = report.pads ?? pads;
        if (errors.length === 1) after(times.errors, onError);
        return;
      case 'warning':
        return warn(report.element, report.text);
      case 'missing-plugin':
        return void missingPlugins.push(report.caps);
      case 'encrypted':
        encrypted = true;
        return;
      case 'unlinked':
        unlinked.push({ head: report.head, wants: report.wants });
        pads = report.pads;
        // nothing found at all is no want of a branch: an error is on its way, or what the input has is still to come
        if (unlinked.length === 1) after(found().streams.length > 0 ? times.unlinked : times.hopeless, withoutStreams);
        return;
      case 'stopped':
        if (!stopping) return;
        watchdog.restart(clock());
        return start();
      case 'progress':
        return onProgress(report);
      case 'eos':
        after(times.stop, () => fail(new Fault('STALLED', { limit: times.stop / 1000 })));
        return;
      case 'ended':
        if (settled) return;
        // the end of the stream, as others saw it that an element gave up: what came is not all
        if (errors.length > 0) return onError();
        settled = true;
        return outcome.resolve({ end: report.end, dot: report.dot });
      case 'dot':
        return dots.onDot(report);
    }
  };

  const warn = (element: string, text: string) => {
    const clean = redact(`${element}: ${text}`);
    const kind = clean.replace(/\d+/g, '#'); // the same of another frame, time or size
    if (warned.has(kind)) return;
    warned.add(kind);
    observer.onWarning?.(clean);
  };

  const onProgress = (report: Report & { kind: 'progress' }) => {
    const now = clock();
    // a local file is always there
    progress = { ...report, sourceWaits: report.sourceWaits && request.source.kind === 'http' };
    const { position = 0, duration, bytesIn } = report;
    const elapsed = at.playing === undefined ? 0 : (now - at.playing) / 1000;
    observer.onProgress?.({ position, duration, speed: elapsed > 0 ? position / elapsed : undefined, bytesIn, bytesOut });
    if (chosen) return;
    const inVain = waiting.look(progress, bytesOut);
    if (waiting.stuck() && triedAgain++ < maxStuck) return startAnew();
    if (inVain.length === 0) return;
    unlinked = inVain;
    pads = report.pads;
    if (found().streams.length > 0) return withoutStreams();
    // decodebin drops the error of a demuxer that fails while it is being plugged in
    if (errors.length === 0) failWithPicture(silentDemuxer(pads, { encrypted }), 'error');
  };

  const watchdog = createWatchdog({ limits: request.limits, memoryLimit: deps.memoryLimit, now: clock() });
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    const [memory, ...sizes] = await Promise.all([residentMemory(child.pid), ...request.outputs.map(({ path }) => sizeOf(path))]);
    looking = false;
    bytesOut = sizes.reduce((sum, size) => sum + size, 0);
    const { position, bytesIn = 0, sourceWaits = false } = progress ?? {};
    const fault = watchdog.look({ position, bytesIn, bytesOut, memory: memory ?? 0, sourceWaits }, clock());
    if (fault) failWithPicture(fault, fault.code === 'TIMEOUT' || fault.code.endsWith('STALLED') ? 'stall' : 'error');
  };
  const looks = setInterval(() => void look(), times.look);
  const pictures = request.debug?.dot
    ? setInterval(() => void dots.take('interval'), request.debug.dot.interval * 1000)
    : undefined;

  const onAbort = () =>
    fail(
      signal.reason instanceof Fault
        ? signal.reason
        : new Fault('CANCELLED', { cause: String(signal.reason?.message ?? signal.reason) }),
    );
  signal.addEventListener('abort', onAbort, { once: true });
  child.listen({
    onReport,
    onStderr: request.debug?.logLevel === undefined ? undefined : (lines) => observer.onLog?.(redact(lines)),
  });
  void child.ended.then(async ({ code, signal: by }) => {
    if (settled) return;
    if (errors.length > 0) return onError();
    fail(await crashOf(child, by ?? `status ${code}`, { killsBefore: await killsBefore, redact, memoryLimit: deps.memoryLimit }));
  });

  try {
    if (signal.aborted) onAbort();
    else start();
    const { end, dot } = await outcome.promise;
    at.ended = clock();
    choose();
    if (dot) observer.onDot?.({ dot: redact(dot), reason: 'end', at: new Date() });
    return { end, ...cut, at };
  } finally {
    settled = true;
    clearInterval(looks);
    clearInterval(pictures);
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    child.listen(undefined);
  }
}

/** What the second layer of the sandbox lets this run reach. */
function reach({ source, scratch }: RunRequest): RunReach {
  if (source.kind === 'file') return { scratch, readable: [source.path] };
  const { port, protocol } = new URL(source.url);
  return {
    scratch,
    readable: source.caFile ? [source.caFile] : [],
    port: port ? Number(port) : protocol === 'https:' ? 443 : 80,
  };
}
