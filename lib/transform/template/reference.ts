/** The list of functions for docs/key-templates.md, each with what its example gives. */
import { markdownTable } from '../markdown-table.ts';
import { compileKeyTemplate } from './compile.ts';
import type { TemplateSource } from './context.ts';
import { functionGroups, refused } from './functions/index.ts';

/** The object that the examples are rendered for. */
export const exampleSource: TemplateSource = {
  bucket: 'media',
  key: 'drop/x/My Clip_01.mkv',
  etag: '0123abcd',
  eventTime: '2024-05-06T07:08:09.123Z',
};

export function functionReference(): string {
  const groups = Object.entries(functionGroups).map(([title, group]) => {
    const rows = Object.entries(group).map(([name, { example, about }]) => [
      `\`${name}\``,
      about,
      `\`{{ ${example} }}\``,
      outcome(`{{ ${example} }}`),
    ]);
    return [`### ${title}`, '', markdownTable(['function', 'gives', 'example', 'result'], rows), ''].join('\n');
  });
  const lines = Object.entries(refused).map(([reason, names]) => `- ${names.map((name) => `\`${name}\``).join(', ')}: ${reason}`);
  return [...groups, '### Refused', '', ...lines, ''].join('\n');
}

function outcome(template: string): string {
  try {
    return `\`${compileKeyTemplate(template).render(exampleSource)}\``;
  } catch {
    return 'a fault';
  }
}
