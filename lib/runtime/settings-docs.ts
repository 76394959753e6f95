/** docs/reference/settings.md, from the very specs that the functions read. */
import type { FunctionModule } from './types.ts';

/** A Markdown page with one table for each function. */
export function settingsPage(modules: ReadonlyArray<Pick<FunctionModule, 'name' | 'settings'>>): string {
  return [
    '# Settings',
    '',
    'Settings are environment variables. They are read once, at the start; all that is wrong with them is said at once.',
    'Where no default is given, a setting is required unless it says otherwise.',
    '',
    ...modules.flatMap(({ name, settings }) => [`## ${name}`, '', ...table(Object.values(settings)), '']),
  ].join('\n');
}

function table(settings: FunctionModule['settings'][string][]): string[] {
  return [
    '| variable | meaning | allowed | unit | default |',
    '|---|---|---|---|---|',
    ...settings.map(({ env, about, allowed, unit, fallback, optional, secret }) => {
      const given = fallback?.trim() === '' ? 'empty' : `\`${fallback}\``;
      const standing = fallback !== undefined ? given : optional ? 'none (optional)' : '**required**';
      return `| \`${env}\` | ${about}${secret ? ' Secret.' : ''} | ${allowed ?? ''} | ${unit ?? ''} | ${standing} |`;
    }),
  ];
}
