import { describe, expect, it } from 'vitest';
import { parseTransforms, resolve } from '../../../lib/transform/index.ts';
import { read } from './repository.ts';

const [sample = ''] = [...read('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);

describe('the sample of the README', () => {
  it('is a Transform without a fault', () => {
    const { resources, findings } = parseTransforms(sample);
    expect(findings).toEqual([]);
    expect(resources).toHaveLength(1);
    for (const resource of resources) {
      expect(resolve(resource).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});
