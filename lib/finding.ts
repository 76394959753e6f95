/** Faults in what a user wrote: where they are, and what was probably meant. */

/** A fault in what a user wrote, placed where they can mend it. */
export interface Finding {
  severity: 'error' | 'warning';
  /** Stable, lower-case with dashes, such as `unknown-property`. */
  rule: string;
  /** Path in the resource, such as `spec.pipeline.elements[3].properties.bitrate`. */
  path: string;
  /** What was found, what is allowed, and the nearest right name. */
  message: string;
  file?: string;
  /** From 1. */
  line?: number;
  column?: number;
}

/** Keys and indexes from the root of the resource, such as `['spec', 'pipeline', 'elements', 3, 'name']`. */
export type Path = ReadonlyArray<string | number>;

export interface Place {
  file?: string;
  line?: number;
  column?: number;
}

/** Of the character at the offset `at`; both count from 1. */
export function lineAndColumn(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `spec.pipeline.elements[3].properties["a.b"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** Collects the findings of one resource; `place` tells where in its file a path stands. */
export interface Findings {
  readonly all: Finding[];
  error(rule: string, path: Path, message: string, place?: Place): void;
  warning(rule: string, path: Path, message: string, place?: Place): void;
  /** True where an error was told at `path`, or within it. */
  failed(path: Path): boolean;
  /** Where the path stands in the file. */
  place(path: Path): Place | undefined;
}

export function collectFindings(place: (path: Path) => Place | undefined): Findings {
  const all: Finding[] = [];
  const add = (severity: Finding['severity'], rule: string, path: Path, message: string, at = place(path)) => {
    all.push({ severity, rule, path: formatPath(path), message, ...at });
  };
  return {
    all,
    place,
    error: (rule, path, message, at) => add('error', rule, path, message, at),
    warning: (rule, path, message, at) => add('warning', rule, path, message, at),
    failed: (path) => {
      const prefix = formatPath(path);
      return all.some(
        ({ severity, path: told }) =>
          severity === 'error' && told.startsWith(prefix) && /^($|[.[])/.test(told.slice(prefix.length)),
      );
    },
  };
}

/** Told in the order of the file, then of the resource. */
export function inOrder(findings: Finding[]): Finding[] {
  return findings.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
