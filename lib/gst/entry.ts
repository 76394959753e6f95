/** Where the files of the child process are: beside this one, in source (.ts) and in a bundle (.js) alike. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ChildFiles {
  stage1: string;
  /** The same for perl. */
  stage1Perl: string;
  main: string;
  scan: string;
  introspect: string;
  /** What of the program the child must be able to read. */
  program: string[];
}

/** `here` is the `import.meta.url` of a file in lib/gst, or of the bundle that it went into. */
export function childFiles(here: string = import.meta.url): ChildFiles {
  const file = fileURLToPath(here);
  const folder = dirname(file);
  const extension = extname(file);
  // a bundle keeps the entries of the child flat beside it, as gst-child-*.js
  const entry = (name: string, suffix = extension) => {
    const source = join(folder, 'child', `${name}${suffix}`);
    return existsSync(source) ? source : join(folder, `gst-child-${name}${suffix}`);
  };
  return {
    stage1: entry('stage1'),
    stage1Perl: entry('stage1', '.pl'),
    main: entry('main'),
    scan: entry('scan'),
    introspect: entry('introspect'),
    program: [folder, ...nativeModules(file), ...packageFiles(folder)],
  };
}

/** Folders of the add-ons that the child loads. */
function nativeModules(file: string): string[] {
  const require = createRequire(file);
  const roots = ['koffi', 'gstreamer-superficial'].flatMap((name) => {
    try {
      return [join(dirname(require.resolve(`${name}/package.json`, { paths: [dirname(file)] })), '..')];
    } catch {
      return []; // koffi hides its package.json; it lies beside the other
    }
  });
  return [...new Set(roots)];
}

/** Node looks for the package.json of every folder on the way up, to tell ES modules from others. */
function packageFiles(folder: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'package.json');
    if (existsSync(file)) found.push(file);
    if (dirname(at) === at) return found;
  }
}
