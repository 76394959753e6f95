/** Pipelines as one graph, however they are written: `elements`, launch text, DOT; and what an installed GStreamer makes of them. */

export * from './catalogue/index.ts';
export { graphToDot } from './dot.ts';
export { graphFromElements } from './elements/read.ts';
export { elementsOf } from './elements/write.ts';
export { launchCommand } from './launch/command-line.ts';
export { findingsIn, launchPath, offsetPath } from './launch/findings.ts';
export { launchText, printLink, printNode, printRef } from './launch/print.ts';
export { graphFromLaunch } from './launch/read.ts';
export { printValue } from './launch/value.ts';
export * from './lint/index.ts';
export { type LintOptions, lintGraph } from './lint/index.ts';
export type { Element, Graph, Link, Node, OutputLink, PadRef, PropertyValue } from './model.ts';
export { isEngineName, sinkName, sourceName } from './names.ts';
export type { Outlet, ReadOptions } from './outlet.ts';
export { pruneGraph } from './prune.ts';
