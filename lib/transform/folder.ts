/** The Transforms of a folder of YAML files, kept fresh: read again when a file comes, changes or goes. */
import type { Logger } from 'pino';
import type { Finding } from '../finding.ts';
import { type FolderFile, watchFolder } from '../folder/index.ts';
import { type ParsedTransforms, parseTransforms } from './document/parse.ts';
import { findTwins, type TransformResource } from './document/resource.ts';

export interface TransformFolderOptions {
  /** Called after each change has been read; not for the first reading. */
  onChange: () => void;
  log: Logger;
}

export interface TransformFolder {
  /** Of all files, in the order of their paths; the same objects as long as their file does not change. */
  resources(): TransformResource[];
  /** Faults of the files themselves, and names that are there twice. Those of the resources are told by `resolve`. */
  findings(): Finding[];
  /** False while the folder cannot be read; what was known of it stays. */
  ready(): boolean;
  close(): Promise<void>;
}

const extensions = ['.yaml', '.yml', '.json'];

/** Resolves when all is read. */
export async function watchTransformFolder(folder: string, { onChange, log }: TransformFolderOptions): Promise<TransformFolder> {
  const read = new WeakMap<FolderFile, ParsedTransforms>();
  const parsed = (file: FolderFile): ParsedTransforms => {
    const known = read.get(file) ?? parseTransforms(file.text, { file: `${folder.replace(/\/+$/, '')}/${file.path}` });
    read.set(file, known);
    return known;
  };
  let begun = false;
  const watched = await watchFolder(folder, { extensions, log, onChange: () => begun && onChange() });
  begun = true;
  const all = () => watched.files().map(parsed);
  return {
    resources: () => all().flatMap(({ resources }) => resources),
    findings() {
      const files = all();
      const within = files.flatMap(({ findings }) => findings);
      const across = findTwins(files.flatMap(({ resources }) => resources));
      // twins within one file were told when it was read
      return [...within, ...across.filter((twin) => !within.some((told) => isSame(told, twin)))];
    },
    ready: watched.ready,
    close: watched.close,
  };
}

function isSame(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.file === b.file && a.line === b.line && a.message === b.message;
}
