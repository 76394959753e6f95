import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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

  it('describes the dispatcher as knative/base does', () => {
    const service = parse(read('knative/base/functions/dispatcher.yaml'));
    const { annotations } = service.spec.template.metadata;
    const [container] = service.spec.template.spec.containers;
    expect(func.name).toBe(service.metadata.name);
    expect(func.namespace).toBe(service.metadata.namespace);
    expect(func.deploy.serviceAccountName).toBe(service.spec.template.spec.serviceAccountName);
    expect(func.run.envs.map((env: { name: string }) => env.name)).toEqual(
      expect.arrayContaining(
        container.env.map((env: { name: string }) => env.name).filter((name: string) => name !== 'DRAIN_SECONDS'),
      ),
    );
    expect(func.deploy.options.scale).toEqual({
      min: Number(annotations['autoscaling.knative.dev/min-scale']),
      max: Number(annotations['autoscaling.knative.dev/max-scale']),
    });
    const { cpu, memory } = container.resources.limits;
    expect(func.deploy.options.resources.limits).toEqual({ cpu, memory });
  });
});
