/** A template as a tree. Every part knows its offset in the text. */

export type Part =
  | { kind: 'text'; text: string; at: number }
  | { kind: 'print'; pipe: Pipe; at: number }
  | { kind: 'if' | 'with' | 'range'; pipe: Pipe; then: Part[]; otherwise: Part[]; at: number }
  | { kind: 'break' | 'continue'; at: number };

export interface Pipe {
  /** `$x := …`, `$x = …`, and `$i, $x := …` of range. */
  variables: string[];
  declares: boolean;
  commands: Command[];
  at: number;
}

export interface Command {
  /** One operand; or a function and its arguments. */
  operands: Operand[];
  at: number;
}

export type Operand =
  | { kind: 'literal'; value: string | bigint | number | boolean; at: number }
  | { kind: 'nil'; at: number }
  | { kind: 'dot'; fields: string[]; at: number }
  | { kind: 'variable'; name: string; fields: string[]; at: number }
  | { kind: 'call'; name: string; at: number }
  | { kind: 'pipe'; pipe: Pipe; fields: string[]; at: number };
