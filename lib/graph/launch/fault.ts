import { lineAndColumn } from '../../finding.ts';

/** A fault that ends the reading of launch text, with the offset at which it stands. */
export class LaunchFault extends Error {
  readonly rule: string;
  at: number;

  constructor(rule: string, at: number, message: string) {
    super(message);
    this.rule = rule;
    this.at = at;
  }
}

/** ` (offset 12)`; of text with several lines ` (offset 12: line 2, column 5)`. Lines and columns count from 1. */
export function whereIn(text: string, at: number): string {
  if (!text.trim().includes('\n')) return ` (offset ${at})`;
  const { line, column } = lineAndColumn(text, at);
  return ` (offset ${at}: line ${line}, column ${column})`;
}
