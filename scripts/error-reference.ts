/** docs/reference/errors.md, made from the table of faults. */
import { Fault, type FaultCode, faultTable } from '../lib/errors.ts';
import { markdownTable } from '../lib/transform/markdown-table.ts';

/** One row a code, in the order of the table. */
export function errorReference(): string {
  const codes = Object.keys(faultTable) as FaultCode[];
  const rows = codes.map((code) => {
    const { class: kind, message, remedy } = faultTable[code];
    return [`\`${code}\``, kind, String(new Fault(code).status), plain(message), plain(remedy)];
  });
  return markdownTable(['code', 'class', 'status', 'message', 'what to do'], rows);
}

/** A detail such as {cause} is no HTML and no code, and stays readable as it is. */
const plain = (text: string) => text.replaceAll('<', '&lt;').replaceAll('*', '\\*');
