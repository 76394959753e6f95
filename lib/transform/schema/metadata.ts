/** `metadata` of a resource, as far as Kubernetes knows it. */

/** Fields of ObjectMeta. */
export const metadataFields = [
  'name',
  'namespace',
  'labels',
  'annotations',
  'generateName',
  'generation',
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'finalizers',
  'ownerReferences',
  'managedFields',
  'selfLink',
];

/** Most characters of a name: those of jobs begin with it. */
export const longestName = 40;
const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const subdomain = new RegExp(`^${label}(?:\\.${label})*$`);
const dnsLabel = new RegExp(`^${label}$`);

/** Why `name` cannot be that of a Transform; undefined where it can. */
export function nameFault(name: string): string | undefined {
  if (name.length > longestName) return `\`${name}\` has ${name.length} characters; a name has at most ${longestName}`;
  if (!subdomain.test(name))
    return `\`${name}\` has other than lower-case letters, digits, dashes and dots, or does not begin and end with one of the former`;
  return undefined;
}

const qualified = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Why a label, or an annotation, cannot have that name or that value; undefined where it can. */
export function labelFault(field: 'labels' | 'annotations', name: string, value: string): string | undefined {
  if (!qualified.test(name))
    return `\`${name}\` is no name: 63 letters, digits, dashes, dots and underscores, behind a domain and / at most`;
  if (field === 'annotations' || labelValue.test(value)) return undefined;
  return `\`${value}\` is no value of a label: 63 letters, digits, dashes, dots and underscores at most`;
}

/** Why `namespace` cannot be one; undefined where it can. */
export function namespaceFault(namespace: string): string | undefined {
  if (dnsLabel.test(namespace) && namespace.length <= 63) return undefined;
  return `\`${namespace}\` is no namespace: 63 lower-case letters, digits and dashes at most`;
}
