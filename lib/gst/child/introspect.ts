/**
 * Tells what the installed GStreamer has, as one JSON value a line: the version, then of each element its name (so that
 * the parent knows who crashed) and what it is. Elements named as arguments are left out.
 */
import { writeSync } from 'node:fs';
import type { ElementInfo, PadTemplate } from '../../graph/catalogue/types.ts';
import { exitNow } from './ffi.ts';
import {
  classOf,
  type Factory,
  factories,
  type GType,
  initialise,
  isBin,
  isChildProxy,
  klassOf,
  padClassOf,
  propertiesOf,
  templatesOf,
  uriOf,
  version,
} from './gtype.ts';

/** What every element has from GstObject. */
const common = ['name', 'parent'];
/** And what a pad is made with. */
const commonOfPads = [...common, 'direction'];

export type Told = { version: string } | { at: string } | { element: ElementInfo } | { unloadable: string; cause: string };

function describe(factory: Factory): ElementInfo {
  const { type, klass } = classOf(factory);
  const uri = uriOf(factory);
  return {
    name: factory.name,
    klass: klassOf(factory),
    pads: templatesOf(factory).map((pad) => withProperties(pad, type, klass)),
    properties: listed(klass, common),
    childProxy: isChildProxy(type),
    ...(uri && { uri }),
  };
}

/** By name. */
function listed(klass: bigint, leftOut: readonly string[]): ElementInfo['properties'] {
  const properties = propertiesOf(klass).filter(([name]) => !leftOut.includes(name));
  return Object.fromEntries(properties.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Mixers take properties of the pads that they mix for those of their children, and of no others. */
function withProperties(pad: PadTemplate, type: GType, klass: bigint): PadTemplate {
  const asChild = pad.direction === 'sink' && isChildProxy(type) && !isBin(type) ? padClassOf(klass, pad.name) : undefined;
  return asChild === undefined ? pad : { ...pad, properties: listed(asChild, commonOfPads) };
}

/** Whole, whatever the pipe takes at once. */
function tell(message: Told): void {
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < line.length; ) {
    try {
      at += writeSync(1, line, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

const leftOut = new Set(process.argv.slice(2));
initialise();
tell({ version: version() });
for (const factory of factories()) {
  if (leftOut.has(factory.name)) continue;
  tell({ at: factory.name });
  try {
    tell({ element: describe(factory) });
  } catch (error) {
    tell({ unloadable: factory.name, cause: (error as Error).message });
  }
}
exitNow(0);
