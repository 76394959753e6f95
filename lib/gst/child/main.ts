/** Second stage of the child: GStreamer is loaded, commands of the parent are carried out, one pipeline at a time. */
import { createRequire } from 'node:module';
import { tcpAbi } from '../landlock.ts';
import { abiVariable, type Command, type PlayCommand, parentVariable, type Report } from '../protocol.ts';
import { factoryFind, featureLoad, gstVersion, objectUnref, type Pointer, pluginLoad, prctl } from './ffi.ts';
import { createPlayer, type PipelineClass } from './player.ts';

const setParentDeathSignal = 1; // PR_SET_PDEATHSIG
const sigkill = 9;

// never outlive the parent: by signal of the kernel, by the channel's end, and if it was gone before either was set
prctl(setParentDeathSignal, sigkill, 0, 0, 0);
const end = () => process.kill(process.pid, 'SIGKILL');
process.once('disconnect', end);
if (String(process.ppid) !== process.env[parentVariable]) end();
// a terminal sends Ctrl-C to the whole group; the parent decides when this process ends
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

const { Pipeline } = createRequire(import.meta.url)('gstreamer-superficial') as { Pipeline: PipelineClass };

const report = (message: Report) => process.send?.(message);
const abi = Number(process.env[abiVariable] ?? 0);
const player = createPlayer(Pipeline, report, abi);

process.on('message', (command: Command) => {
  switch (command.kind) {
    case 'play':
      return play(command);
    case 'stop':
      player.stop();
      return report({ kind: 'stopped' });
    case 'dot':
      return player.dot(command.id);
    case 'preload':
      return preload(command.factories);
  }
});

let loading = false;
let waiting: string[] = [];
let postponed: PlayCommand | undefined;

/** On another thread, one after the other, so that a pipeline may begin meanwhile. */
function preload(factories: string[]): void {
  waiting.push(...factories);
  if (!loading) loadNext();
}

function loadNext(): void {
  const name = waiting.shift();
  const factory = name === undefined ? null : factoryFind(name);
  loading = name !== undefined;
  if (factory === null) {
    if (loading) loadNext();
    return;
  }
  featureLoad.async(factory, (_error: unknown, loaded: Pointer) => {
    if (loaded !== null) objectUnref(loaded);
    objectUnref(factory);
    loadNext();
    if (postponed && !loading) play(postponed);
  });
}

function play(command: PlayCommand): void {
  // a run that is logged waits: what is loaded while it plays would fill its log
  postponed = loading && command.logLevel !== undefined ? command : undefined;
  if (postponed) return;
  waiting = []; // the pipeline itself loads what it needs
  player.play(command);
}

// no element, but what typefind and decodebin ask in their first moment, which must not wait for libav
const typeFinders = pluginLoad('typefindfunctions');
if (typeFinders !== null) objectUnref(typeFinders);

report({ kind: 'ready', landlock: abi, tcp: abi >= tcpAbi, gstreamer: gstVersion() });
preload(process.argv.slice(2));
