/** Makes every generated file anew: `node scripts/generate.ts`. A unit test fails where one is behind its source. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { generatedFiles } from './generated-files.ts';

const root = new URL('../', import.meta.url);

for (const { path, content } of await generatedFiles(root)) {
  const file = new URL(path, root);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === content) continue;
  await mkdir(new URL('./', file), { recursive: true });
  await writeFile(file, content);
  console.log(`${before === undefined ? 'made' : 'changed'} ${path}`);
}
