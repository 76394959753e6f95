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
  /** Between two looks at the size of a growing file; ms. */
  pollInterval: number;
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
  partsInFlight: 2, // 210 MB to a MinIO beside: 1 takes 1.0 s, 2 take 0.8 s, 4 take 0.77 s
  pollInterval: 100,
  safetyMargin: 1024 * 1024,
  tailPause: 2_000,
  filesInFlight: 4,
});
