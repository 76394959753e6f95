/** How long one run waits for what. */

/** Milliseconds. */
export interface RunTimes {
  /** Between two looks of the watchdog. */
  look: number;
  /** Between two progress messages of the child. */
  progress: number;
  /** After an error, for a better one to come. */
  errors: number;
  /** After an error of the source alone, for one of those that it feeds. */
  others: number;
  /** After a branch without a stream, for others to be told of. */
  unlinked: number;
  /** Without any movement and without work of the CPU, after which an unlinked branch counts as one without a stream. */
  hopeless: number;
  /** After parsebin has shown its pads, for all of them to be linked. */
  shown: number;
  /** From EOS to the pipeline being stopped; and for a stop that is asked for. */
  stop: number;
  /** For a picture of the pipeline. */
  dot: number;
}

export const runTimes: Readonly<RunTimes> = {
  look: 100,
  progress: 250,
  errors: 100,
  others: 2_000,
  unlinked: 20,
  hopeless: 3_000,
  shown: 1_000,
  stop: 10_000,
  dot: 1_000,
};
