/** Second stage of the child: GStreamer is loaded, commands of the parent are carried out, one pipeline at a time. */
import { createRequire } from 'node:module';
import { abiVariable, type Command, parentVariable, type Report } from '../protocol.ts';
import { factoryFind, featureLoad, gstVersion, objectUnref, prctl } from './ffi.ts';
import { tcpAbi } from './landlock.ts';
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
      return player.play(command);
    case 'stop':
      player.stop();
      return report({ kind: 'stopped' });
    case 'dot':
      return player.dot(command.id);
    case 'preload':
      return preload(command.factories);
  }
});

function preload(factories: string[]): void {
  for (const name of factories) {
    const factory = factoryFind(name);
    if (factory === null) continue;
    const loaded = featureLoad(factory);
    if (loaded !== null) objectUnref(loaded);
    objectUnref(factory);
  }
}

report({ kind: 'ready', landlock: abi, tcp: abi >= tcpAbi, gstreamer: gstVersion() });
