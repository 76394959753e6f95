/** Launch text out of what people publish: a pipeline as such, or a whole command line as given to a shell. */
import { LaunchFault } from './fault.ts';

/** Text for the lexer, and where in the original each of its characters stands. */
export interface LaunchSource {
  text: string;
  offsets: number[];
}

/** Before the command stands what else a shell was told: `sudo`, `time`, variables, a container; never a link. */
const command = /^(?:[^!]*?\s)??(?:[^\s!]*[/\\])?gst-launch(?:-1\.0|-0\.10)?(?:\.exe)?(?=\s|$)/;
/** Options that take the next word, where no `=` gives them one. */
const takesWord = /^(?:-X|-o|--exclude|--output|--gst-(?:debug(?:-level)?|plugin-(?:path|load)|registry))$/;
const blank = /[ \t\n\v\f\r]/;

/** @throws LaunchFault where the shell would not understand it */
export function launchSource(original: string, warn: (rule: string, at: number, message: string) => void): LaunchSource {
  const prefix = command.exec(original);
  if (prefix) return fromWords(shellWords(original, prefix[0].length, warn));
  // outside of a shell GStreamer knows neither comments nor a backslash (Windows: `^`) before a line break; people write them
  const text = original.replace(/[\\^]\r?\n|^[ \t]*#.*/gm, (found) => ' '.repeat(found.length));
  const options = /^(?:\s*--?[A-Za-z][\w-]*(?:=\S*)?(?=\s))*/.exec(text)?.[0].length ?? 0;
  return { text: ' '.repeat(options) + text.slice(options), offsets: Array.from({ length: text.length }, (_, at) => at) };
}

interface Word {
  characters: string;
  offsets: number[];
}

/** Words as a POSIX shell splits them. Variables stay as they are written: their values are not known here. */
function shellWords(text: string, from: number, warn: (rule: string, at: number, message: string) => void): Word[] {
  const words: Word[] = [];
  let word: Word | undefined;
  const add = (at: number, character = text[at] ?? '') => {
    word ??= { characters: '', offsets: [] };
    word.characters += character;
    if (character !== '') word.offsets.push(at);
  };
  const finish = () => {
    if (word) words.push(word);
    word = undefined;
  };
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? '';
    if (blank.test(character) || (character === '^' && /^\r?\n/.test(text.slice(at + 1, at + 3)))) finish();
    else if (character === '\\') {
      at++;
      if (text[at] === '\r' && text[at + 1] === '\n') at++;
      else if (text[at] !== '\n' && at < text.length) add(at);
    } else if (character === "'" || character === '"') {
      const opened = at;
      add(at, ''); // a word, even if nothing stands between the quotes
      for (at++; text[at] !== character; at++) {
        if (at >= text.length) throw new LaunchFault('quote-open', opened, `this ${character} is never closed`);
        const escaped = character === '"' && text[at] === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '');
        if (escaped) at++;
        else if (character === '"' && text[at] === '$') warnOfVariable(text, at, warn);
        if (!escaped || text[at] !== '\n') add(at);
      }
    } else if (word === undefined && character === '#') {
      at = text.indexOf('\n', at);
      if (at < 0) break;
    } else if (word === undefined && /[|&<>;]/.test(character)) {
      throw new LaunchFault('shell-operator', at, `\`${character}\` is for a shell: give the command of the pipeline alone`);
    } else {
      if (character === '$') warnOfVariable(text, at, warn);
      add(at);
    }
  }
  finish();
  return words;
}

function warnOfVariable(text: string, at: number, warn: (rule: string, at: number, message: string) => void): void {
  const variable = /^\$(?:\{[^}]*\}|\([^)]*\)|\w+)/.exec(text.slice(at))?.[0];
  if (variable) warn('shell-variable', at, `\`${variable}\` is filled in by a shell, and there is none here: write its value`);
}

/** Puts words together as gst-launch-1.0 does with its arguments. */
function fromWords(words: Word[]): LaunchSource {
  const source: LaunchSource = { text: '', offsets: [] };
  for (let index = 0; index < words.length; index++) {
    const { characters, offsets } = words[index] as Word;
    if (/^--?[A-Za-z]/.test(characters)) {
      if (takesWord.test(characters)) index++;
      continue;
    }
    let inQuotes = false;
    for (let at = 0; at < characters.length; at++) {
      const character = characters[at];
      if (character === '"' && !(inQuotes && characters[at - 1] === '\\')) inQuotes = !inQuotes;
      if (character === ' ' && !inQuotes) push(source, '\\', offsets[at]);
      push(source, character, offsets[at]);
    }
    push(source, ' ', offsets.at(-1));
  }
  return source;
}

function push(source: LaunchSource, character = '', at = 0): void {
  source.text += character;
  source.offsets.push(at);
}
