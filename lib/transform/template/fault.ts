/** What is wrong with a template, and where in it. */

export class TemplateFault extends Error {
  readonly rule: string;
  /** Offset in the template. */
  readonly at: number;

  constructor(message: string, at: number, rule = 'template-invalid') {
    super(message);
    this.name = 'TemplateFault';
    this.rule = rule;
    this.at = at;
  }
}

/** From 1, as editors count. */
export function position(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
