/** What NetworkPolicies allow, as networking.k8s.io/v1 has it: the cluster of the tests need not enforce them. */
import type { Json } from './kubectl.ts';

/** An end of a connection; outside of the cluster it has no labels. */
export interface End {
  namespace?: { name: string; labels: Record<string, string> };
  labels?: Record<string, string>;
}

export interface Port {
  port: number;
  protocol: string;
}

type Direction = 'egress' | 'ingress';

/**
 * Whether `end` may be one end of a connection, its policies asked: as its beginning (egress) or as where it goes (ingress).
 * An end that no policy selects may do all.
 */
export function allows(policies: readonly Json[], direction: Direction, end: End, peer: End, port: Port): boolean {
  const type = direction === 'egress' ? 'Egress' : 'Ingress';
  const own = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === end.namespace?.name &&
      spec.policyTypes.includes(type) &&
      selects(spec.podSelector, end.labels) &&
      end.labels !== undefined,
  );
  if (own.length === 0) return true;
  return own.some(({ metadata, spec }) =>
    (spec[direction] ?? []).some((rule: Json) => {
      const peers = rule[direction === 'egress' ? 'to' : 'from'];
      return (
        (peers ?? [undefined]).some((one: Json) => one === undefined || isPeer(one, metadata.namespace, peer)) &&
        (rule.ports ?? [port]).some((one: Json) => one.port === port.port && (one.protocol ?? 'TCP') === port.protocol)
      );
    }),
  );
}

function isPeer({ namespaceSelector, podSelector }: Json, home: string, { namespace, labels }: End): boolean {
  if (namespace === undefined) return false;
  const there = namespaceSelector ? selects(namespaceSelector, namespace.labels) : namespace.name === home;
  return there && (podSelector === undefined || selects(podSelector, labels));
}

/** An empty selector selects all. */
function selects({ matchLabels = {}, matchExpressions = [] }: Json, labels: Record<string, string> = {}): boolean {
  const equal = Object.entries(matchLabels).every(([name, value]) => labels[name] === value);
  return equal && matchExpressions.every((one: Json) => fits(one, labels[one.key]));
}

function fits({ operator, values }: Json, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new Error(`no such operator: ${operator}`);
  }
}
