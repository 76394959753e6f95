/** YAML text to resources. Every path keeps its line and column. */
import { type Document, LineCounter, parseAllDocuments, visit } from 'yaml';
import { type Finding, lineAndColumn, type Path, type Place } from '../../finding.ts';
import { locate } from './places.ts';
import {
  findTwins,
  type Identified,
  identify,
  isRecord,
  type OtherDocument,
  type Source,
  type TransformResource,
} from './resource.ts';
import { asKubectl } from './scalars.ts';
import { readSecret, type SecretDocument } from './secret.ts';
import { firstLine, isTwin, syntaxFault, tooDeep } from './syntax.ts';

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
const largestText = 4 * 1024 * 1024;
/** Most nodes that the aliases of one document may stand for. */
const mostAliased = 1000;

/** Nesting that no resource has, but that the parser, which recurses, would take seconds to fail at. */
const nested = /(?:[[{]\s*){200}|(?:- +){200}/;
/** What YAML does not allow, and what is left where bytes were no UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const notText = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd-\uffff]/;
/** Before each document there may be one: of files that were put together. */
const byteOrderMarks = /^\ufeff/gm;

/** Reads every document of `written`. Never throws: what cannot be read is a finding. */
export function parseTransforms(written: string, { file }: { file?: string } = {}): ParsedTransforms {
  const text = written.replace(byteOrderMarks, '');
  const result: ParsedTransforms = { resources: [], secrets: [], others: [], findings: [] };
  const inFile = file === undefined ? {} : { file };
  const fault = (rule: string, message: string, place: Place = {}) =>
    result.findings.push({ severity: 'error', rule, path: '', message, ...inFile, ...place });
  if (text.length > largestText) {
    fault('too-large', `the text has ${text.length} characters; at most ${largestText} are read`);
    return result;
  }
  if (nested.test(text)) {
    fault('yaml-syntax', tooDeep);
    return result;
  }
  const lines = new LineCounter();
  const where = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { ...inFile, line, column: col };
  };
  const lost = text.indexOf('\ufffd'); // bytes that are none of UTF-8: the rest is of no interest then
  const odd = lost >= 0 ? lost : text.search(notText);
  if (odd >= 0) {
    const what = lost >= 0 ? 'this is no text in UTF-8' : `the character ${codePoint(text, odd)} cannot stand in YAML`;
    fault('not-text', what, { ...inFile, ...lineAndColumn(text, odd) });
    return result;
  }
  const documents = weakly(
    readDocuments(text, lines, (message) => fault('yaml-syntax', message)),
    () => readDocuments(text, new LineCounter(), () => {}),
  );
  for (const [index, document] of documents().entries()) {
    const told = document.errors.filter(isTwin);
    // the first error of syntax leads to the others, which would only hide it
    told.push(...document.errors.filter((error) => !isTwin(error)).slice(0, 1));
    for (const error of told) {
      const { rule, message, at } = syntaxFault(error, text);
      fault(rule, message, where(at));
    }
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
    const wrong = wrongAlias(document);
    if (wrong) {
      fault('yaml-alias', wrong.message, where(wrong.at));
      continue;
    }
    const value = toValue(document, (message) => fault('yaml-alias', message, where(document.range[0])));
    if (value === undefined || value === null) continue;
    for (const at of typographicQuotes(document)) {
      result.findings.push({
        severity: 'warning',
        rule: 'typographic-quotes',
        path: '',
        message: `\`${text[at]}\` is no quote in YAML, but a part of the text: write \`"\``,
        ...where(at),
      });
    }
    const source = sourceOf(() => documents()[index], text, where);
    for (const found of identifyAll(value, source)) take(result, found, source.place);
  }
  result.findings.push(...findTwins(result.resources));
  return result;
}

function readDocuments(text: string, lineCounter: LineCounter, fault: (message: string) => void): Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter,
      prettyErrors: false,
      merge: true,
      logLevel: 'silent',
      ...asKubectl,
    });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    // the parser recurses: text that nests without end overflows its stack
    fault(error instanceof RangeError ? tooDeep : `cannot be read: ${String(error)}`);
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
function identifyAll(value: unknown, source: Source): Identified[] {
  if (!isRecord(value) || value.kind !== 'List' || !Array.isArray(value.items)) return [identify(value, source)];
  const within = (index: number, path: Path) => ['items', index, ...path];
  return value.items.map((item, index) =>
    identify(item, { place: (path) => source.place(within(index, path)), plain: (path) => source.plain(within(index, path)) }),
  );
}

/** An alias of what is not there, or of what it stands in itself. */
function wrongAlias(document: Document.Parsed): { message: string; at: number } | undefined {
  let found: { message: string; at: number } | undefined;
  visit(document, {
    Alias(_, alias, path) {
      const target = alias.resolve(document);
      const at = alias.range?.[0] ?? 0;
      if (target === undefined) found = { message: `no anchor \`&${alias.source}\` stands before this alias`, at };
      else if (path.includes(target))
        found = { message: `\`*${alias.source}\` stands for what it is a part of, without end`, at };
      return found && visit.BREAK;
    },
  });
  return found;
}

/** Offsets of texts that begin with a quote of a word processor. */
function typographicQuotes(document: Document.Parsed): number[] {
  const found: number[] = [];
  visit(document, {
    Scalar(_, { type, source, range }) {
      if (type === 'PLAIN' && range && /^[\u2018-\u201f\u00ab]/.test(source ?? '')) found.push(range[0]);
    },
  });
  return found;
}

function toValue(document: Document.Parsed, fault: (message: string) => void): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliased });
  } catch (error) {
    const message = error instanceof Error ? firstLine(error.message) : String(error);
    fault(/Excessive alias count/.test(message) ? `the aliases stand for more than ${mostAliased} values` : message);
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

function sourceOf(document: () => Document.Parsed | undefined, text: string, where: (offset: number) => Place): Source {
  const located = (path: Path) => {
    const read = document();
    return read && locate(read, path, text);
  };
  return {
    place(path) {
      const found = located(path);
      return found && where(found.offset);
    },
    plain: (path) => located(path)?.plain,
  };
}

function codePoint(text: string, at: number): string {
  return `U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
