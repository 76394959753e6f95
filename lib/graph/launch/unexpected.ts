/** What stands in launch text where an element should, in words, with what to write instead. */
import { LaunchFault } from './fault.ts';
import type { Token } from './lexer.ts';

export function unexpected(text: string, token: Token): LaunchFault {
  switch (token.kind) {
    case 'end':
      return new LaunchFault('launch-syntax', token.at, 'the text ends where an element should follow');
    case 'bin':
      return new LaunchFault(
        'launch-bin',
        token.at,
        `\`${token.factory}.( … )\` is a bin: write its elements without the parentheses, and link them by names`,
      );
    case 'preset':
      return new LaunchFault(
        'launch-preset',
        token.at,
        `\`${token.text}\` loads a preset from a file of one machine: write the properties that it sets`,
      );
    case 'url':
      return urlFault(text, token.at, token.text);
    case 'caps':
      return capsAtEnd(token.at, token.caps);
    case 'link':
      return new LaunchFault(
        'launch-syntax',
        token.at,
        `nothing stands before this \`${token.all ? ':' : '!'}\` that could be linked`,
      );
    case 'assignment':
      return new LaunchFault(
        'launch-syntax',
        token.at,
        `\`${token.name}=…\` belongs to no element: properties stand right behind the element's name`,
      );
    case 'pad':
      return new LaunchFault('launch-syntax', token.at, `\`.${token.pad}\` is a pad of no element: write \`name.${token.pad}\``);
    case 'operator':
      if (token.text === '(')
        return new LaunchFault('launch-bin', token.at, '`( … )` is a bin: write its elements without the parentheses');
      if (token.text === '@') {
        return new LaunchFault(
          'launch-preset',
          token.at,
          '`@` begins a preset, from a file of one machine: write the properties that it sets',
        );
      }
      if (/[\u2018-\u201f]/.test(token.text))
        return new LaunchFault(
          'launch-syntax',
          token.at,
          `\`${token.text}\` is no quote here, but a typographic one: write \`"\``,
        );
      if (token.text === ')') return new LaunchFault('launch-bin', token.at, 'this `)` closes nothing');
      return strayCharacter(text, token.at, token.text);
    default:
      return new LaunchFault('launch-syntax', token.at, 'the name of an element was expected here');
  }
}

function strayCharacter(text: string, at: number, character: string): LaunchFault {
  const word = /^\S+/.exec(text.slice(at))?.[0] ?? character;
  const [, assigned] = /^[-\u2013\u2014]+(\w[^=]*=\S*)/.exec(word) ?? [];
  const said = (message: string) => new LaunchFault('launch-syntax', at, message);
  if (assigned !== undefined) return said(`properties have no dashes before them: write \`${assigned}\``);
  if (/^[-\u2013\u2014]/.test(word))
    return said(`\`${word}\` is an option of a command, and no part of a pipeline: leave it out`);
  if (character === '|') return said('elements are linked by `!`, not by `|`');
  if (character === '$') return said(`\`${word}\` is filled in by a shell, and there is none here: write what it stands for`);
  if (character === '\\') return said('a `\\` goes on in the next line, and stands at the end of one: leave it out here');
  if (character === ',')
    return said('a comma stands between the fields of caps, which begin with a media type and its `/`, such as `video/x-raw`');
  return said(`\`${character}\` was not expected here: the name of an element was`);
}

function urlFault(text: string, at: number, url: string): LaunchFault {
  if (/[A-Za-z0-9-]$/.test(text.slice(0, at))) {
    const type = /[A-Za-z0-9-]+$/.exec(text.slice(0, at))?.[0] ?? '';
    return capsAtEnd(at - type.length, `${type}${url}`);
  }
  return new LaunchFault(
    'launch-url',
    at,
    `\`${url}\`: a URL or a path as the end of a chain is not taken: the object is the input and the sink is the output, so write filesrc or filesink, or leave the end out`,
  );
}

export function capsAtEnd(at: number, caps: string): LaunchFault {
  return new LaunchFault('launch-caps', at, `\`${caps}\` are caps: they stand between two elements, with a \`!\` on both sides`);
}
