import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { funcSchema } from './func-schema.ts';
import { read } from './repository.ts';

const validate = new Ajv({ allErrors: true }).compile(funcSchema);
const func = parse(read('func.yaml'));

describe('func.yaml', () => {
  it('keeps to the rules of func', () => {
    validate(func);
    expect(validate.errors).toBeNull();
  });

  const wrong: Array<[name: string, change: object]> = [
    ['no time of creation', { created: undefined }],
    ['a time-out, which func cannot express', { run: { timeoutSeconds: 600 } }],
    ['a newer layout', { specVersion: '0.37.0' }],
    [
      'an annotation of autoscaling, which Serving refuses on a Service',
      { deploy: { annotations: { 'autoscaling.knative.dev/min-scale': '1' } } },
    ],
    ['a number where Kubernetes wants a quantity', { deploy: { options: { resources: { limits: { cpu: 1 } } } } }],
  ];
  it.each(wrong)('is refused with %s', (_name, change) => {
    expect(validate(JSON.parse(JSON.stringify({ ...func, ...change })))).toBe(false);
  });

  it('describes the function that the Trigger of object events names', () => {
    const triggers = parseAllDocuments(read('knative/base/triggers.yaml')).map((document) => document.toJS());
    const trigger = triggers.find(({ spec }) => spec.filters[0].prefix?.type === 'com.amazonaws.s3.ObjectCreated:');
    expect(func.name).toBe(trigger.spec.subscriber.ref.name);
    expect([func.namespace, func.deploy.namespace]).toEqual([trigger.metadata.namespace, trigger.metadata.namespace]);
  });
});
