/**
 * The places in the source that those in a bundle stand for. Node does the same by --enable-source-maps, and reads the
 * maps of all that it loads at each start: that takes longer than to load it.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

const bundledPlace = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/g;

/** `stack` with each place told in the source, where there is a map beside the file. */
export function withSourcePlaces(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(bundledPlace, (place: string, file: string, line: string, column: string) => {
    if (!maps.has(file)) maps.set(file, mapOf(file));
    const found = maps.get(file)?.findOrigin(Number(line), Number(column));
    return found && 'fileName' in found ? `${found.fileName}:${found.lineNumber}:${found.columnNumber}` : place;
  });
}

function mapOf(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(file)}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}
