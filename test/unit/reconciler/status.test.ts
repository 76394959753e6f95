import { describe, expect, it } from 'vitest';
import { checkTransforms, readyCondition } from '../../../functions/reconciler/transforms.ts';
import type { TransformObject } from '../../../lib/kubernetes/index.ts';
import { transformOf, type Written } from '../../support/transforms.ts';

const object = (written: Written) => transformOf({ namespace: 'team', ...written }) as unknown as TransformObject;
const conditions = (...written: Written[]) => checkTransforms(written.map(object), {}).map(readyCondition);

describe('the condition Ready', () => {
  it('says what a good Transform takes', () => {
    expect(conditions({})).toEqual([
      { type: 'Ready', status: 'True', reason: 'Valid', message: 'Takes objects under media/drop/.' },
    ]);
  });

  it('tells every fault, each with its path, and no line of a file that there is not', () => {
    const [ready] = conditions({ spec: { src: { minio: { include: '(' } }, sink: { minio: { key: '{{ .Nothing }}' } } } });
    expect(ready).toMatchObject({ status: 'False', reason: 'Invalid' });
    expect(ready?.message.split('\n').map((line) => line.split(': ')[0])).toEqual(
      expect.arrayContaining(['spec.src.minio.include', 'spec.sink.minio.key']),
    );
  });

  it('tells warnings too, and stays true', () => {
    const [ready] = conditions({ spec: { sink: { minio: { key: 'drop/{{ .SrcName }}.mp4' } } } });
    expect(ready).toMatchObject({ status: 'True', reason: 'Valid' });
    expect(ready?.message).toContain('Warning: spec.sink.minio.key: ');
  });

  it('says of a suspended Transform that nothing is asked for', () => {
    expect(conditions({ spec: { suspend: true } })[0]).toMatchObject({ status: 'True', reason: 'Suspended' });
  });

  it('warns each Transform of a ring, and no other', () => {
    const link = (name: string, from: string, to: string): Written => ({
      name,
      spec: { src: { minio: { key: from } }, sink: { minio: { key: `${to}{{ .SrcName }}{{ .SrcExt }}` } } },
    });
    const told = conditions(link('a', 'one/', 'two/'), link('b', 'two/', 'one/'), link('c', 'three/', 'four/'));
    expect(told.map(({ message }) => message.includes('feed each other'))).toEqual([true, true, false]);
  });

  it('survives what is no Transform at all', () => {
    const odd = { apiVersion: 'pipelines.gst.io/v1', kind: 'Transform', metadata: { name: 'odd', namespace: 'team' } };
    expect(checkTransforms([odd], {}).map(readyCondition)).toMatchObject([{ status: 'False', reason: 'Invalid' }]);
  });
});
