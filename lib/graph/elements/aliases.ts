/** What `goto` and `linkto` may name: aliases and their pads, and the outputs. */
import type { Findings } from '../../finding.ts';
import { meant } from '../../nearest.ts';
import type { Element } from '../model.ts';
import { isMemberName } from '../names.ts';
import { type Outlet, outletAlias } from '../outlet.ts';

const root = ['spec', 'pipeline', 'elements'];

export interface Aliases {
  /** Index of the entry that an alias belongs to: the first one that has it. */
  owner(alias: string): number | undefined;
  /** `alias` or `alias.pad`; a name that is none is told. */
  resolve(text: string, at: number, field: 'goto' | 'linkto'): { owner: number; pad?: string } | undefined;
  tellUnused(): void;
}

export function createAliases(elements: readonly Element[], outlets: readonly Outlet[], findings: Findings): Aliases {
  const owners = new Map<string, number>();
  const used = new Set<string>();
  const unknowns = new Set<string>();
  const outputs = outlets.map(({ name }) => outletAlias(name));
  for (const [at, { name, alias }] of elements.entries()) {
    if (alias === undefined) continue;
    const path = [...root, at, 'alias'];
    const earlier = owners.get(alias);
    if (name === undefined) findings.error('alias-without-name', path, 'only an entry with a `name` takes an alias');
    else if (outputs.includes(alias))
      findings.error('reserved-alias', path, `\`${alias}\` names an output here: call the element something else`);
    else if (earlier !== undefined)
      findings.error(
        'duplicate-alias',
        path,
        `the alias \`${alias}\` is that of element ${earlier} too: each needs one of its own`,
      );
    else owners.set(alias, at);
  }

  const split = (text: string): { alias: string; pad?: string } | undefined => {
    if (owners.has(text)) return { alias: text };
    for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
      const alias = text.slice(0, dot);
      if (owners.has(alias)) return { alias, pad: text.slice(dot + 1) };
    }
    return undefined;
  };

  return {
    owner: (alias) => owners.get(alias),
    resolve(text, at, field) {
      const path = [...root, at, field];
      const found = split(text);
      if (found === undefined) {
        if (!unknowns.has(text)) findings.error('unknown-alias', path, unknown(text, field));
        unknowns.add(text);
        return undefined;
      }
      used.add(found.alias);
      if (found.pad !== undefined && !isMemberName(found.pad)) {
        findings.error(
          'pad-invalid',
          path,
          `\`${found.pad}\` is no name of a pad, such as ${field === 'goto' ? 'src_0' : 'sink_0'}`,
        );
        return undefined;
      }
      return { owner: owners.get(found.alias) ?? at, ...(found.pad !== undefined && { pad: found.pad }) };
    },
    tellUnused() {
      for (const [alias, at] of owners) {
        if (!used.has(alias))
          findings.warning('unused-alias', [...root, at, 'alias'], `no \`goto\` and no \`linkto\` names \`${alias}\``);
      }
    },
  };

  function unknown(text: string, field: 'goto' | 'linkto'): string {
    if (field === 'goto' && outputs.includes(text))
      return `\`${text}\` is an output: it can be linked to, and nothing goes on from it`;
    const [alias = text] = text.split('.');
    const guess = meant(alias, [...owners.keys(), ...(field === 'linkto' ? outputs : [])]);
    const known = [...owners.keys()].map((name) => `\`${name}\``);
    if (field === 'linkto' && text.endsWith('-out')) {
      return `there is no sink \`${text.slice(0, -4)}\`; the outputs are ${outputs.map((name) => `\`${name}\``).join(', ') || 'none'}${guess}`;
    }
    return `no element has the alias \`${alias}\`${guess || (known.length > 0 ? `; there are ${known.join(', ')}` : '; give the element an `alias`')}`;
  }
}
