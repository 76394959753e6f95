/** Every limit of the traffic with the storage, each with its unit. */

export interface StorageSettings {
  /** Until the connection stands, TLS included; ms. */
  connectTimeout: number;
  /** With no byte in either direction; ms. */
  idleTimeout: number;
  /** For the answer to Complete, which a server may give only when it has put the parts together; ms. */
  completeTimeout: number;
  /** Tries of one call, the first included. */
  attempts: number;
  /** Before the second try; doubles with each; ms. */
  backoffBase: number;
  backoffMax: number;
  /** No new try begins later than this after the first; ms. */
  retryWindow: number;
  /** Parts of one upload that are sent at the same time. */
  partsInFlight: number;
  /** Between two looks at the size of a growing file; ms. Doubles from look to look, until a part is whole. */
  pollInterval: number;
  longestPoll: number;
  /** Bytes at the end of a growing file that are left alone, because muxers go back a little to patch what they wrote. */
  safetyMargin: number;
  /** Before a growing file is tried again after the storage failed; ms. */
  tailPause: number;
  /** Files of a directory output that are sent at the same time. */
  filesInFlight: number;
}

export const defaultSettings: Readonly<StorageSettings> = Object.freeze({
  connectTimeout: 5_000,
  idleTimeout: 30_000,
  completeTimeout: 300_000,
  attempts: 5,
  backoffBase: 250,
  backoffMax: 4_000,
  retryWindow: 30_000,
  partsInFlight: 4, // a server that writes each to its disk before it answers does nothing else for it meanwhile
  pollInterval: 10,
  longestPoll: 160,
  safetyMargin: 1024 * 1024,
  tailPause: 2_000,
  filesInFlight: 4,
});
