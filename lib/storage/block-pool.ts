/**
 * Memory for bytes on their way from a file to a connection, used again and again. Blocks that are made anew for each read
 * are left to the garbage collector, which looks only when 64 MiB of them have piled up.
 */

export interface BlockPool {
  /** A block whose content is anything. Who does not give it back loses nothing but its reuse. */
  take(): Buffer;
  /** Takes back the memory of a block, by the block itself or a part of it; nobody may read or write it any more. */
  give(block: Uint8Array): void;
}

/** Blocks of `size` bytes, of which at most `kept` wait to be used again. */
export function createBlockPool(size: number, kept: number): BlockPool {
  const free = new Set<ArrayBufferLike>();
  return {
    take() {
      const [memory] = free;
      if (memory === undefined) return Buffer.allocUnsafeSlow(size);
      free.delete(memory);
      return Buffer.from(memory);
    },
    give({ buffer }) {
      // what has another size was never taken here
      if (buffer.byteLength === size && free.size < kept) free.add(buffer);
    },
  };
}
