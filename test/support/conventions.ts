/** Names of attributes that the newest semantic conventions of OpenTelemetry have, as their package declares them. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = dirname(createRequire(import.meta.url).resolve('@opentelemetry/semantic-conventions'));
const declaration = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*declare const ATTR_\w+: "([^"]+)";/g;

/** @returns for each name, whether it is deprecated */
export async function conventionalNames(): Promise<Map<string, boolean>> {
  const files = ['stable_attributes.d.mts', 'experimental_attributes.d.mts'];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return new Map(
    [...texts.join('\n').matchAll(declaration)].map(([, comment = '', name = '']) => [name, comment.includes('@deprecated')]),
  );
}
