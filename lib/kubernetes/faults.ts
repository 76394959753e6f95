/** What the API server refuses, in one line that a person can act on. */
import { Fault } from '../errors.ts';

/** HTTP status of an answer of the API server; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  const inner = error instanceof Fault ? error.cause : error;
  const code = (inner as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
}

/** Whether a write was refused because its namespace is no longer there, or about to go: trying again is in vain. */
export function isNamespaceGone(error: unknown): boolean {
  const inner = error instanceof Fault ? error.cause : error;
  const told = message((inner as { body?: unknown } | undefined)?.body);
  const status = statusOf(error);
  return (status === 404 && /^namespaces "[^"]*" not found/.test(told)) || (status === 403 && /is being terminated/.test(told));
}

/** The library's own message holds all headers of the answer; the server's holds the reason. */
export function kubernetesFault(what: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  return new Fault('KUBERNETES_FAILED', { what, cause: reason(error) }, { cause: error });
}

function reason(error: unknown): string {
  const status = statusOf(error);
  if (status === undefined) {
    const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return inner instanceof Error ? inner.message : String(inner);
  }
  return `${status} ${message((error as { body?: unknown }).body)}`.trim();
}

/** The body is text for objects of the custom API, and a Status for the others. */
function message(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  if (typeof body !== 'string') return '';
  try {
    return String((JSON.parse(body) as { message?: unknown }).message ?? '');
  } catch {
    return body.slice(0, 300);
  }
}
