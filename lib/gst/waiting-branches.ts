/**
 * Branches whose pad will never come, where nobody says so: pure, fed with what the child reports again and again.
 * Reports are counted rather than time: a busy machine delays both alike, and so makes nobody give up too early.
 */
import type { Graph } from '../graph/model.ts';
import type { Unlinked } from './missing-streams.ts';
import type { Report } from './protocol.ts';

type Progress = Report & { kind: 'progress' };

export interface WaitingBranches {
  /** The branches that are given up now: none, or all that wait in vain. */
  look(report: Progress, bytesOut: number): Unlinked[];
  /**
   * Nothing moves, although every branch has its pad and the source waits for nobody. Elements do that by a race of their own
   * (aiffparse of 1.22 stops without a word in one of three runs), so that it is worth another try.
   */
  stuck(): boolean;
}

export interface WaitingOptions {
  graph: Graph;
  /** Milliseconds between two reports. */
  interval: number;
  /** Milliseconds of reports without movement and without work of the CPU. */
  hopeless: number;
  /** Milliseconds of reports after parsebin has shown its pads, for all of them to be linked. */
  shown: number;
}

/** Share of one core below which a process counts as idle. */
const idleShare = 0.1;
/** And below which it counts as dead, however busy the machine is: what it takes to report. */
const deadShare = 0.01;

export function createWaitingBranches({ graph, interval, hopeless, shown }: WaitingOptions): WaitingBranches {
  let last: { moved: string; cpu: number } | undefined;
  let still = 0;
  let dead = 0;
  let waits = false;
  let lacking = '';
  let lackingFor = 0;

  /** parsebin shows all its pads at one time, and never says that there are no more: who has none by then gets none. */
  const notShown = (waiting: Unlinked[]): Unlinked[] =>
    waiting.filter(({ head }) => {
      const feeders = graph.links.filter(({ to }) => to.node === head).map(({ from }) => from.node);
      return feeders.some((feeder) => {
        if (graph.nodes.find(({ id }) => id === feeder)?.factory !== 'parsebin') return false;
        const fed = graph.links.filter(({ from }) => from.node === feeder).map(({ to }) => to.node);
        return fed.some((other) => !waiting.some((branch) => branch.head === other));
      });
    });

  return {
    look({ position, bytesIn, cpu, sourceWaits, unlinked }, bytesOut) {
      const moved = JSON.stringify([position, bytesIn, bytesOut]);
      const share = last?.moved === moved ? ((cpu - last.cpu) * 1000) / interval : 1;
      last = { moved, cpu };
      still = share < idleShare && unlinked.length > 0 && !sourceWaits ? still + 1 : 0;
      dead = share < deadShare && !sourceWaits ? dead + 1 : 0;
      waits = unlinked.length > 0;

      const gone = notShown(unlinked);
      const names = gone.map(({ head }) => head).join();
      lackingFor = names !== '' && names === lacking ? lackingFor + 1 : 0;
      lacking = names;

      if (still * interval >= hopeless) return unlinked;
      return lackingFor * interval >= shown ? gone : [];
    },
    stuck: () => !waits && dead * interval >= hopeless,
  };
}
