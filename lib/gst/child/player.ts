/** One pipeline: made from its launch line, played, watched by its bus, and stopped at its end. */
import { closeSync } from 'node:fs';
import { makeRuleset, restrictSelf } from '../landlock.ts';
import type { BusError, Confinement, PlayCommand, Report } from '../protocol.ts';
import { endReport } from './end.ts';
import {
  binGetByName,
  binToDot,
  bytesFormat,
  debugSetThreshold,
  elementDuration,
  elementPosition,
  eosEvent,
  isNull,
  miniObjectUnref,
  objectUnref,
  padIsBusy,
  padIsLinked,
  padPeer,
  padStickyEvent,
  pipelineMadeBy,
  staticPad,
  timeFormat,
} from './ffi.ts';
import { type FirstBuffers, watchFirstBuffers } from './first-buffers.ts';
import { capsRefused } from './refused.ts';
import { factoryOf, padReports } from './walk.ts';
import { wantedCaps } from './wanted.ts';

/** What is used of gstreamer-superficial. */
export interface SuperficialPipeline {
  play(): void;
  stop(): void;
  pollBus(callback: (message: BusMessage) => void): void;
}
export type PipelineClass = new (launch: string) => SuperficialPipeline;
/** Fields of the message's structure overwrite `type` and `name`; `_src_element_name` is always true. */
type BusMessage = Record<string, unknown> & { type: string; name?: string; _src_element_name: string };

export interface Player {
  play(command: PlayCommand): void;
  stop(): void;
  dot(id: number): void;
}

interface Playing {
  command: PlayCommand;
  pipeline: SuperficialPipeline;
  pointer: bigint;
  firstBuffers: FirstBuffers;
  ticking: NodeJS.Timeout;
}

const pluginKinds = new Set(['decoder', 'encoder', 'demuxer', 'element', 'urisource', 'urisink']);
const delayedLinking = /^failed delayed linking .* to .* named (\S+)$/m;
const allDotDetails = 15; // GST_DEBUG_GRAPH_SHOW_ALL
const notLinked = -1; // GST_FLOW_NOT_LINKED
const second = 1e9; // ns

export function createPlayer(Pipeline: PipelineClass, report: (message: Report) => void, abi: number): Player {
  let playing: Playing | undefined;
  let lastHttpStatus: number | undefined;

  const stop = () => {
    if (!playing) return;
    const { pipeline, ticking } = playing;
    playing = undefined;
    clearInterval(ticking);
    pipeline.stop();
  };

  const play = (command: PlayCommand) => {
    if (command.logLevel !== undefined) debugSetThreshold(`*:${command.logLevel}`, 1);
    process.env.TMPDIR = command.scratch; // muxers put their temporary files there
    process.chdir(command.cwd);
    const refuse = (by: 'sandbox' | 'gstreamer', error: unknown) =>
      report({ kind: 'refused', by, message: error instanceof Error ? error.message : String(error) });
    try {
      if (command.confinement) confine(command.confinement, abi);
    } catch (error) {
      return refuse('sandbox', error);
    }
    let parsed: { made: SuperficialPipeline; pointer: bigint | undefined };
    try {
      parsed = pipelineMadeBy(() => new Pipeline(command.launch));
    } catch (error) {
      return refuse('gstreamer', error);
    }
    const { made: pipeline, pointer } = parsed;
    if (pointer === undefined) return refuse('gstreamer', 'no pipeline came of it');
    const firstBuffers = watchFirstBuffers(pointer, command.watched);
    const ticking = setInterval(() => tick(), command.progressInterval);
    playing = { command, pipeline, pointer, firstBuffers, ticking };
    const mine = playing;
    const onBus = (message: BusMessage) => {
      if (playing === mine) onMessage(mine, message);
      // the add-on stops asking when the pipeline has not even become READY, and the reason is still to come
      if (playing === mine && isNull(pointer)) pipeline.pollBus(onBus);
    };
    pipeline.pollBus(onBus);
    pipeline.play();
  };

  const onMessage = ({ command, pointer, firstBuffers }: Playing, message: BusMessage) => {
    switch (message.type) {
      case 'eos': {
        report({ kind: 'eos' });
        const end = endReport(pointer, command, firstBuffers);
        const dot = command.dotAtEnd ? binToDot(pointer, allDotDetails) : undefined;
        stop(); // here, in the callback: anywhere else the thread that polls would keep the process
        return report({ kind: 'ended', end, dot });
      }
      case 'error':
        return report({ kind: 'error', ...busError(pointer, message, lastHttpStatus) });
      case 'warning':
        return onWarning(pointer, message);
      case 'state-changed': {
        const state = /^GST_STATE_(READY|PAUSED|PLAYING)$/.exec(String(message['new-state']))?.[1];
        if (message._src_element_name.startsWith('pipeline') && state) {
          report({ kind: 'state', state: state as 'READY' | 'PAUSED' | 'PLAYING' });
        }
        return;
      }
      case 'need-context':
        if (String(message['context-type']).startsWith('drm-'))
          report({ kind: 'encrypted', system: String(message['context-type']) });
        return;
      default:
        if (message.name === 'http-headers') lastHttpStatus = Number(message['http-status-code']);
        if (pluginKinds.has(message.type) && typeof message.detail === 'string') {
          report({ kind: 'missing-plugin', what: String(message.name), caps: message.detail });
        }
    }
  };

  const onWarning = (pointer: bigint, message: BusMessage) => {
    const text = String(message.debug ?? '');
    const head = delayedLinking.exec(text)?.[1];
    if (head === undefined) return report({ kind: 'warning', element: message._src_element_name, text });
    report({ kind: 'unlinked', head, wants: wantedCaps(pointer, head), pads: padReports(pointer) });
  };

  const tick = () => {
    if (!playing) return;
    const { pointer, command } = playing;
    const time = (ns: number | undefined) => (ns === undefined ? undefined : ns / second);
    const { user, system } = process.cpuUsage();
    const unlinked = command.heads
      .filter((head) => isUnlinked(pointer, head))
      .map((head) => ({ head, wants: wantedCaps(pointer, head) }));
    report({
      kind: 'progress',
      position: time(elementPosition(pointer, timeFormat)),
      duration: time(elementDuration(pointer, timeFormat)),
      ...sourceState(pointer, command.source),
      unlinked,
      pads: unlinked.length > 0 ? padReports(pointer) : [],
      cpu: (user + system) / 1e6,
    });
  };

  return {
    play,
    stop,
    dot(id) {
      if (!playing) return report({ kind: 'dot', id, dot: '' });
      // on another thread: it takes the locks of every element, and may have to wait for them
      binToDot.async(playing.pointer, allDotDetails, (error: unknown, dot: string) => {
        if (!error) report({ kind: 'dot', id, dot });
      });
    },
  };
}

/** Every thread that a pipeline has is made by this one, after it. @throws Error with the step that failed */
function confine(confinement: Confinement, abi: number): void {
  const ruleset = makeRuleset(confinement, abi);
  try {
    restrictSelf(ruleset);
  } finally {
    closeSync(ruleset);
  }
}

function busError(pipeline: bigint, message: BusMessage, lastHttpStatus: number | undefined): BusError {
  const element = binGetByName(pipeline, message._src_element_name);
  const about = element === null ? { factory: '', klass: '' } : factoryOf(element);
  if (element !== null) objectUnref(element);
  const details = String(message.details ?? '');
  const number = (field: string) => {
    const found = new RegExp(`${field}=\\([a-z]+\\)(-?\\d+)`).exec(details)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const flowReturn = number('flow-return');
  return {
    message: String(message.message ?? ''),
    debug: String(message.debug ?? ''),
    path: String(message.name ?? ''),
    ...about,
    httpStatus: number('http-status-code'),
    lastHttpStatus,
    flowReturn,
    pads: flowReturn === notLinked ? padReports(pipeline) : undefined,
    refusedBy: capsRefused(pipeline),
  };
}

/** How much was read, and whether it is the source that everything waits for. */
function sourceState(pipeline: bigint, name: string): { bytesIn: number; sourceWaits: boolean } {
  const source = binGetByName(pipeline, name);
  if (source === null) return { bytesIn: 0, sourceWaits: false };
  const bytesIn = elementPosition(source, bytesFormat) ?? 0;
  let sourceWaits = false;
  const pad = staticPad(source, 'src');
  if (pad !== null) {
    const ended = padStickyEvent(pad, eosEvent, 0);
    if (ended !== null) miniObjectUnref(ended);
    const peer = padPeer(pad);
    sourceWaits = ended === null && peer !== null && !padIsBusy(peer);
    if (peer !== null) objectUnref(peer);
    objectUnref(pad);
  }
  objectUnref(source);
  return { bytesIn, sourceWaits };
}

function isUnlinked(pipeline: bigint, name: string): boolean {
  const element = binGetByName(pipeline, name);
  if (element === null) return false;
  const pad = staticPad(element, 'sink');
  const unlinked = pad !== null && !padIsLinked(pad);
  if (pad !== null) objectUnref(pad);
  objectUnref(element);
  return unlinked;
}
