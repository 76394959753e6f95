/** `elements` or `launch`, as elements; read as a graph and checked by lib/graph. */
import { collectFindings, type Findings, type Path } from '../../finding.ts';
import {
  type Catalogue,
  elementsOf,
  findingsIn,
  type Graph,
  graphFromElements,
  graphFromLaunch,
  launchPath,
  lintGraph,
  type Outlet,
  offsetPath,
} from '../../graph/index.ts';
import type { Element } from '../../graph/model.ts';
import type { Source } from '../document/resource.ts';
import type { PipelineFields } from '../schema/pipeline.ts';
import { misspelt, toldAt } from './merge.ts';

const pipelinePath = ['spec', 'pipeline'];
const elementsPath = [...pipelinePath, 'elements'];

export interface ElementsContext {
  /** The sinks; none where what is written of them is at fault. */
  outlets: readonly Outlet[];
  catalogue: Catalogue | undefined;
  plain: Source['plain'];
}

export function resolveElements(pipeline: PipelineFields, context: ElementsContext, findings: Findings): Element[] {
  const { elements, launch } = pipeline;
  if (elements !== undefined && launch !== undefined) {
    findings.error('exclusive', launchPath, '`launch` and `elements` exclude each other: keep one');
  }
  if (elements !== undefined) return fromElements(elements as Element[], pipeline, context, findings);
  if (launch !== undefined) return fromLaunch(launch, pipeline, context, findings);
  const explained = [['spec'], pipelinePath, elementsPath, launchPath].some(
    (path) => toldAt(path, findings) || misspelt(path, findings),
  );
  if (!explained) findings.error('missing', pipelinePath, 'the pipeline has neither `elements` nor `launch`');
  return [];
}

function fromElements(elements: Element[], { image }: PipelineFields, context: ElementsContext, findings: Findings): Element[] {
  for (const [at, element] of elements.entries()) checkEntry(element, [...elementsPath, at], findings);
  const { catalogue, plain } = context;
  const outlets = context.outlets.length > 0 ? context.outlets : outletsOf(elements);
  // where an entry is lost to a fault that is told, its neighbours seem to be linked: of links nothing can be said then
  const broken = elements.some((element, at) => isEmpty(element) && findings.failed([...elementsPath, at]));
  const graph = graphFromElements(elements, { outlets, catalogue }, broken ? collectFindings(() => undefined) : findings);
  lint(broken ? { ...graph, links: [], outputs: [] } : graph, { outlets, catalogue, plain, image }, findings);
  return elements;
}

function fromLaunch(
  text: string,
  { image }: PipelineFields,
  { outlets, catalogue, plain }: ElementsContext,
  findings: Findings,
): Element[] {
  const graph = graphFromLaunch(text, { outlets, catalogue }, findings);
  lint(graph, { outlets, catalogue, plain, image, path: offsetPath }, findingsIn(text, findings));
  return findings.failed(launchPath) ? [] : elementsOf(graph);
}

function lint(
  graph: Graph,
  { catalogue, outlets, plain, image, path }: ElementsContext & { image: string | undefined; path?: (at: number) => Path },
  findings: Findings,
): void {
  if (catalogue) lintGraph(graph, catalogue, { outlets, plain, image: image !== undefined, ...(path && { path }) }, findings);
}

/** What the schema cannot say, but the API server is told in CEL. */
function checkEntry({ name, goto, linkto, properties }: Element, path: Path, findings: Findings): void {
  const written = Object.entries({ name, goto, linkto }).flatMap(([field, value]) =>
    value === undefined ? [] : [`\`${field}\``],
  );
  if (written.length > 1) findings.error('exclusive', path, `${written.join(' and ')} exclude each other: make an entry of each`);
  if (properties !== undefined && name === undefined && written.length === 1)
    findings.error('properties-without-name', [...path, 'properties'], 'only an entry with a `name` takes properties');
}

function isEmpty({ name, goto, linkto }: Element): boolean {
  return [name, goto, linkto].every((field) => field === undefined);
}

/** The outputs that the elements themselves name; a single one where they name none. */
function outletsOf(elements: Element[]): Outlet[] {
  const names = new Set(elements.flatMap(({ linkto }) => (linkto?.endsWith('-out') ? [linkto.slice(0, -'-out'.length)] : [])));
  return [...(names.size > 0 ? names : ['out'])].map((name) => ({ name, directory: false }));
}
