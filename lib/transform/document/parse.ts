/** YAML text to resources. Every path keeps its line and column. */
import { type Document, isMap, LineCounter, type Node, parseAllDocuments, visit, type YAMLError } from 'yaml';
import type { Finding, Place } from '../../finding.ts';
import { findTwins, type Identified, identify, isRecord, type OtherDocument, type TransformResource } from './resource.ts';
import { readSecret, type SecretDocument } from './secret.ts';

export interface ParsedTransforms {
  resources: TransformResource[];
  /** Secrets of the file, decoded. */
  secrets: SecretDocument[];
  /** Documents of other kinds. */
  others: OtherDocument[];
  /** Faults of the text itself; those of the resources are told by `resolve`. */
  findings: Finding[];
}

/** Largest text that is read, in characters: a resource larger than this fits no API server either. */
export const largestText = 4 * 1024 * 1024;
/** Most nodes that the aliases of one document may stand for. */
const mostAliased = 1000;

/** Nesting that no resource has, but that the parser, which recurses, would take seconds to fail at. */
const tooDeep = /(?:[[{]\s*){200}|(?:- +){200}/;

/** Reads every document of `text`. Never throws: what cannot be read is a finding. */
export function parseTransforms(text: string, { file }: { file?: string } = {}): ParsedTransforms {
  const result: ParsedTransforms = { resources: [], secrets: [], others: [], findings: [] };
  const inFile = file === undefined ? {} : { file };
  const fault = (rule: string, message: string, place: Place = {}) =>
    result.findings.push({ severity: 'error', rule, path: '', message, ...inFile, ...place });
  if (text.length > largestText) {
    fault('too-large', `the text has ${text.length} characters; at most ${largestText} are read`);
    return result;
  }
  if (tooDeep.test(text)) {
    fault('yaml-syntax', 'nested too deep to be read');
    return result;
  }
  const lines = new LineCounter();
  const where = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { ...inFile, line, column: col };
  };
  const documents = weakly(
    readDocuments(text, lines, (message) => fault('yaml-syntax', message)),
    () => readDocuments(text, new LineCounter(), () => {}),
  );
  for (const [index, document] of documents().entries()) {
    const told = document.errors.filter(isTwin);
    // the first error of syntax leads to the others, which would only hide it
    told.push(...document.errors.filter((error) => !isTwin(error)).slice(0, 1));
    for (const error of told) fault(...ruleOf(error), where(error.pos[0]));
    for (const warning of document.warnings) {
      result.findings.push({
        severity: 'warning',
        rule: 'yaml-syntax',
        path: '',
        message: firstLine(warning.message),
        ...where(warning.pos[0]),
      });
    }
    // a duplicate key leaves a document that can be read on; any other error does not
    if (!document.errors.every(isTwin)) continue;
    const unknown = unknownAlias(document);
    if (unknown) {
      fault('yaml-alias', `no anchor \`&${unknown.name}\` stands before this alias`, where(unknown.at));
      continue;
    }
    const value = toValue(document, (message) => fault('yaml-alias', message, where(document.range[0])));
    if (value === undefined || value === null) continue;
    const place = placesOf(documents, index, where);
    for (const found of identifyAll(value, place)) take(result, found, place);
  }
  result.findings.push(...findTwins(result.resources));
  return result;
}

function readDocuments(text: string, lineCounter: LineCounter, fault: (message: string) => void): Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, merge: true, logLevel: 'silent' });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    // the parser recurses: text that nests without end overflows its stack
    fault(error instanceof RangeError ? 'nested too deep to be read' : `cannot be read: ${String(error)}`);
    return [];
  }
}

function take(result: ParsedTransforms, found: Identified, place: TransformResource['place']): void {
  result.findings.push(...found.findings);
  if ('resource' in found) result.resources.push(found.resource);
  if (!('other' in found)) return;
  result.others.push(found.other);
  if (found.other.kind !== 'Secret' || found.other.apiVersion !== 'v1') return;
  const { secret, faults } = readSecret(found.value);
  result.secrets.push(secret);
  for (const { path, message } of faults) {
    result.findings.push({ severity: 'error', rule: 'secret-invalid', path: path.join('.'), message, ...place(path) });
  }
}

/** The document, or what `kubectl get -o yaml` wraps in a List. */
function identifyAll(value: unknown, place: TransformResource['place']): Identified[] {
  if (isRecord(value) && value.kind === 'List' && Array.isArray(value.items)) {
    return value.items.map((item, index) => identify(item, (path) => place(['items', index, ...path])));
  }
  return [identify(value, place)];
}

function unknownAlias(document: Document.Parsed): { name: string; at: number } | undefined {
  let found: { name: string; at: number } | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      found = { name: alias.source, at: alias.range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

function toValue(document: Document.Parsed, fault: (message: string) => void): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliased });
  } catch (error) {
    fault(error instanceof Error ? firstLine(error.message) : String(error));
    return undefined;
  }
}

/**
 * Holds a value as long as others do, and makes it anew where it is gone: a tree of YAML takes ten times the memory of what it
 * says, and is looked at again only for the line of a fault.
 */
function weakly<T extends object>(value: T, again: () => T): () => T {
  let held = new WeakRef(value);
  return () => {
    const known = held.deref() ?? again();
    held = new WeakRef(known);
    return known;
  };
}

/** The place of a key for what stands there, of the nearest map or list around it for what is missing. */
function placesOf(
  documents: () => readonly Document.Parsed[],
  index: number,
  where: (offset: number) => Place,
): TransformResource['place'] {
  return (path) => {
    const document = documents()[index];
    if (!document) return undefined;
    let node: Node | null | undefined = document.contents;
    let offset = node?.range?.[0] ?? document.range[0];
    for (const part of path) {
      if (isMap(node)) {
        const pair: { key: unknown; value: unknown } | undefined = node.items.find((item) => keyOf(item.key) === String(part));
        if (!pair) break;
        offset = (pair.key as Node).range?.[0] ?? offset;
        node = pair.value as Node | null;
      } else {
        const child: unknown = node && 'items' in node && typeof part === 'number' ? node.items[part] : undefined;
        if (typeof child !== 'object' || child === null || !('range' in child)) break;
        node = child as Node;
        offset = node.range?.[0] ?? offset;
      }
    }
    return where(offset);
  };
}

function keyOf(key: unknown): string | undefined {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : undefined;
}

const isTwin = ({ code }: YAMLError): boolean => code === 'DUPLICATE_KEY';

function ruleOf({ code, message }: YAMLError): [rule: string, message: string] {
  if (code === 'DUPLICATE_KEY') return ['duplicate-key', 'this key is there twice in one map'];
  if (code === 'TAB_AS_INDENT') return ['yaml-syntax', 'a tab indents this line; YAML is indented by spaces'];
  return ['yaml-syntax', firstLine(message)];
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/:$/, '') ?? message;
}
