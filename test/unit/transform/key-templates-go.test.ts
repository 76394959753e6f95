import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileKeyTemplate } from '../../../lib/transform/index.ts';
import { exampleSource } from '../../../lib/transform/template/reference.ts';

/** What Go with sprig made of each case, for the source of the examples; null where it failed. main.go beside it made it. */
const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/key-templates/${name}`, import.meta.url), 'utf8'));
const cases: string[] = fixture('cases.json');
const go: Array<{ template: string; output: string | null }> = fixture('go.json');

/** Where docs/key-templates.md says that this differs from Go, and what it gives instead. */
const differs: Record<string, string | null> = {
  '{{ slice "abcdef" 1 3 }}': 'bc',
  '{{ slice "abcdef" 2 }}': 'cdef',
  '{{ define "x" }}a{{ end }}b': null,
  '{{ duration 95 }}': '1m35s',
  '{{ (now).Year }}': null,
  '{{ regexMatch "(" "a" }}': null,
  '{{ first (list) }}|': null,
};

function render(template: string): string | null {
  try {
    return compileKeyTemplate(template).render(exampleSource);
  } catch {
    return null;
  }
}

describe('key templates beside those of Go with sprig', () => {
  it('are held to some hundred cases, faults among them', () => {
    expect(go.map(({ template }) => template)).toEqual(cases);
    expect(go.length).toBeGreaterThan(500);
    expect(go.filter(({ output }) => output === null).length).toBeGreaterThan(40);
  });

  it.each(go.filter(({ template }) => !(template in differs)))('$template', ({ template, output }) => {
    expect(render(template)).toBe(output);
  });

  it.each(Object.entries(differs))('%s differs, as documented', (template, wanted) => {
    const ofGo = go.find((one) => one.template === template);
    expect(ofGo).toBeDefined();
    expect(render(template)).toBe(wanted);
    expect(wanted).not.toBe(ofGo?.output);
  });
});
