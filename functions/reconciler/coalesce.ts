/** One run at a time: whoever asks while one is going on shares the next one. */

/**
 * `run` is given all that was asked for since the last run began. What comes meanwhile may be news that the run has not
 * seen, so it is never answered by the run that is going on.
 */
export function coalesced<T>(run: (asked: T[]) => Promise<void>): (asking: T) => Promise<void> {
  let current: Promise<void> = Promise.resolve();
  let next: { asked: T[]; done: Promise<void> } | undefined;
  return (asking) => {
    if (next) {
      next.asked.push(asking);
      return next.done;
    }
    const asked = [asking];
    const done = current
      .catch(() => {}) // told to those who asked for it
      .then(() => {
        next = undefined;
        return run(asked);
      });
    next = { asked, done };
    current = done;
    return done;
  };
}
