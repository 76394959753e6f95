/** A Secret that stands beside Transforms in a file: credentials where there is no Kubernetes. */
import { defaultNamespace, isRecord } from './resource.ts';

export interface SecretDocument {
  namespace: string;
  name: string;
  /** Decoded: base64 of `data`, then `stringData` over it. */
  data: Record<string, string>;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @returns the Secret, and the paths of values that are no base64 or no text */
export function readSecret(value: Readonly<Record<string, unknown>>): {
  secret: SecretDocument;
  faults: Array<{ path: string[]; message: string }>;
} {
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const faults: Array<{ path: string[]; message: string }> = [];
  const data: Record<string, string> = {};
  for (const [field, decode] of [
    ['data', decodeBase64],
    ['stringData', (text: string) => text],
  ] as const) {
    const entries = value[field];
    if (!isRecord(entries)) continue;
    for (const [key, encoded] of Object.entries(entries)) {
      const decoded = typeof encoded === 'string' ? decode(encoded) : undefined;
      if (decoded !== undefined) data[key] = decoded;
      // the value is a secret: it is not repeated in the message
      else
        faults.push({
          path: [field, key],
          message: field === 'data' ? 'is not base64; plain text goes under stringData' : 'is not text',
        });
    }
  }
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name === '') faults.push({ path: ['metadata', 'name'], message: 'the Secret has no name' });
  return {
    secret: {
      namespace: typeof namespace === 'string' && namespace ? namespace : defaultNamespace,
      name: typeof name === 'string' ? name : '',
      data,
    },
    faults,
  };
}

function decodeBase64(text: string): string | undefined {
  const compact = text.replace(/\s+/g, '');
  return base64.test(compact) ? Buffer.from(compact, 'base64').toString('utf8') : undefined;
}
