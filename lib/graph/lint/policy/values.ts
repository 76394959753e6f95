/** Whether the value of a property that reaches out stays where it may. */
import type { Catalogue } from '../../catalogue/index.ts';
import { elementRefusal } from './elements.ts';
import { namesOf } from './names.ts';
import { reachOf } from './reach.ts';

/** Options of x264 and x265 that name files, or a program to run. */
const fileOptions =
  /^(stats|dump-yuv|cqmfile|qpfile|opencl-clbin|log-file|csv|csv-log-level|analysis-(save|load|reuse-file)|scaling-list|lambda-file|zonefile|recon(-y4m-exec)?|dhdr10-info|dolby-vision-rpu|(aom-)?film-grain)$/;
const ratio = /^\d+\/\d+$/;
const bareName = /^[A-Za-z0-9_-]+$/;

/** Why a path may not be used; undefined, where it stays in the folder of the output. */
export function pathRefusal(value: string, directory: boolean): string | undefined {
  if (!directory)
    return 'names a file, and no pipeline may open files of its own (only where the key of the sink ends in `/` is there a folder for them)';
  if (value === '') return undefined;
  if (value.startsWith('/') || /^[A-Za-z][\w+.-]*:/.test(value))
    return `must be a relative path${suchAs(value)}: files are written to the folder of the output`;
  if (value.split('/').includes('..')) return 'must stay in the folder of the output: no `..`';
  return undefined;
}

const conversion = /%(?:%|[^A-Za-z%]*(?:hh?|ll?|[jztLq])?[A-Za-z]?)/g;
const ofNumber = /^%0?\d{0,2}(?:ll?)?[diuxX]$/;

/** Of the names of many files: GStreamer hands them to printf, with one number, and whatever else they ask for is read from the stack. */
export function patternRefusal(pattern: string): string | undefined {
  const asked = (pattern.match(conversion) ?? []).filter((one) => one !== '%%');
  const wrong = asked.find((one) => !ofNumber.test(one)) ?? asked[1];
  if (wrong === undefined) return undefined;
  return `has \`${wrong}\`: one number is filled in, by \`%05d\` for example; a percent sign itself is \`%%\``;
}

function suchAs(path: string): string {
  const [name] = /[^/\\]+$/.exec(path) ?? [];
  return name === undefined ? '' : `, such as \`${name}\``;
}

/** Why the name of a further element, or a line of elements, may not be used. */
export function nestedRefusal(value: string, catalogue: Catalogue, directory: boolean): string | undefined {
  if (value === '') return undefined;
  if (!bareName.test(value)) return 'is read as a pipeline of its own: only the name of one element is allowed';
  const info = catalogue.element(value);
  if (info === undefined) return `names \`${value}\`, which is no element`;
  return elementRefusal(info, directory);
}

/** Of a structure such as `properties, location=/x`. */
export function structureRefusal(value: string, catalogue: Catalogue): string | undefined {
  const names = [...value.matchAll(/([A-Za-z][\w.:+-]*)\s*=/g)].map(([, name]) => name as string);
  const reaching = names.find((name) => {
    const own = name.split('::').at(-1) as string;
    return reachOf(own) !== undefined || namesOf(catalogue).get(own.replaceAll('_', '-'));
  });
  return reaching === undefined ? undefined : `sets \`${reaching}\` of an element inside, which could reach out of the pipeline`;
}

/** Of a list such as `key=value:key=value`. */
export function optionsRefusal(value: string): string | undefined {
  for (const option of value.split(':')) {
    const [name = '', given = ''] = option.split('=', 2).map((part) => part.trim());
    if (fileOptions.test(name.replaceAll('_', '-'))) return `sets \`${name}\`, which names a file`;
    if (given.includes('/') && !ratio.test(given)) return `sets \`${name}\` to what looks like a path`;
  }
  return undefined;
}
