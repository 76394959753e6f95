/** The part of func's own schema (knative/func, schema/func_yaml-schema.json, specVersion 0.36.0) that a func.yaml here may use. */
const closed = (properties: Record<string, object>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const quantity = { type: 'string', pattern: '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$' };
const env = closed({ name: { type: 'string', pattern: '^[-._a-zA-Z][-._a-zA-Z0-9]*$' }, value: text });
const label = closed(
  {
    key: {
      type: 'string',
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$',
    },
    value: { type: 'string', pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$' },
  },
  ['key'],
);

export const funcSchema = closed(
  {
    specVersion: { const: '0.36.0' },
    name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
    runtime: text,
    image: text,
    namespace: text,
    // one that is set is what tells func that the function exists
    created: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' },
    invoke: { enum: ['http', 'cloudevent'] },
    run: closed({ envs: { type: 'array', items: env }, startTimeout: { type: 'integer' } }),
    deploy: closed({
      namespace: text,
      image: text,
      // these go to the Service too, where Serving refuses those of autoscaling
      annotations: {
        type: 'object',
        additionalProperties: text,
        propertyNames: { not: { pattern: '^autoscaling\\.knative\\.dev/' } },
      },
      options: closed({
        scale: closed({
          min: count,
          max: count,
          metric: { enum: ['concurrency', 'rps'] },
          target: { type: 'number', minimum: 0 },
          utilization: { type: 'number', minimum: 1, maximum: 100 },
        }),
        resources: closed({
          requests: closed({ cpu: quantity, memory: quantity }),
          limits: closed({ cpu: quantity, memory: quantity, concurrency: count }),
        }),
      }),
      labels: { type: 'array', items: label },
      healthEndpoints: closed({ liveness: text, readiness: text }),
      serviceAccountName: text,
    }),
  },
  ['specVersion', 'created'],
);
