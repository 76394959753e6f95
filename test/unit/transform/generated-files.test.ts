import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../../scripts/generated-files.ts';

const root = new URL('../../../', import.meta.url);
const files = await generatedFiles(root);

describe('generated files', () => {
  it('are the CRDs, the editor schema and the pages', () => {
    const paths = files.map(({ path }) => path);
    for (const path of [
      'knative/crds/transforms.yaml',
      'knative/crds/splittransforms.yaml',
      'knative/crds/jobs.yaml',
      'docs/schema/transform.json',
      'docs/reference/transform.md',
      'docs/key-templates.md',
    ]) {
      expect(paths).toContain(path);
    }
  });

  it.each(files)('$path is what its source makes (else: node scripts/generate.ts)', ({ path, content }) => {
    expect(readFileSync(new URL(path, root), 'utf8')).toBe(content);
  });
});
