/** A progress bar that redraws its line on a terminal, and prints a line now and then elsewhere. */
export interface BarState {
  /** Seconds of media. */
  position: number;
  duration?: number;
  /** Media seconds a second. */
  speed?: number;
}

export interface ProgressBar {
  update(state: BarState): void;
  /** Leaves the line as it is and goes on below. */
  end(): void;
}

const width = 30; // characters
const plainInterval = 2_000; // ms between two lines where there is no terminal

export function createProgressBar(stream: NodeJS.WriteStream, label: string): ProgressBar {
  let shown = false;
  let lastPlain = Number.NEGATIVE_INFINITY;
  return {
    update(state) {
      const line = `${label}${renderBar(state)}`;
      if (stream.isTTY) {
        stream.write(`\r${line.slice(0, (stream.columns ?? 80) - 1)}\x1b[K`);
        shown = true;
      } else if (performance.now() - lastPlain >= plainInterval) {
        lastPlain = performance.now();
        stream.write(`${line}\n`);
      }
    },
    end() {
      if (shown) stream.write('\n');
      shown = false;
    },
  };
}

/** `[#####-----]  50 %   5.0 of 10.0 s  3.1x` */
export function renderBar({ position, duration, speed }: BarState): string {
  const at = duration
    ? `${bar(position / duration)} ${String(Math.round(Math.min(1, position / duration) * 100)).padStart(3)} %  ${position.toFixed(1)} of ${duration.toFixed(1)} s`
    : `${position.toFixed(1)} s`;
  return speed ? `${at}  ${speed.toFixed(1)}x` : at;
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}
