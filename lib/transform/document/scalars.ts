/**
 * Plain scalars as `kubectl` reads them. It follows YAML 1.1 in part: `yes` is true, `0100` is 64, `1_000` is a number. A file
 * must mean the same here as it does in a cluster.
 */
import type { ScalarTag, Tags } from 'yaml';

const truth = /^(?:y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/;
const falsehood = /^(?:n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/;
const whole = /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+)$/;
const decimal = /^[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9_]+)?$/;

const kubectlTags: readonly ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    test: new RegExp(`${truth.source}|${falsehood.source}`),
    resolve: (text) => truth.test(text),
  },
  { tag: 'tag:yaml.org,2002:int', default: true, test: whole, resolve: readWhole },
  { tag: 'tag:yaml.org,2002:float', default: true, test: decimal, resolve: (text) => Number(text.replaceAll('_', '')) },
];

/** For what reads YAML, and for what writes it: text that `kubectl` would take for something else gets quotes. */
export const asKubectl = { customTags: (tags: Tags): Tags => [...kubectlTags, ...tags] };

function readWhole(text: string): number {
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  const size = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return text.startsWith('-') ? -size : size;
}
