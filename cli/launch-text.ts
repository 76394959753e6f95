/** The pipeline that `convert` is given: as one text, as the words of a shell, or from standard input. */
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './exit.ts';

/** @throws UsageError where a file is named */
export async function launchText(words: readonly string[]): Promise<string> {
  const [word = '', ...more] = words;
  if (more.length > 0) return words.map(asWritten).join(' ');
  if (word === '-') return text(process.stdin);
  // an element may be called as a file here is: what looks like a name with an end, or like a path, does not
  if (/^\S*[./]\S*$/.test(word) && (await stat(word).catch(() => undefined))?.isFile())
    throw new UsageError(`${word} is a file: convert takes the pipeline itself, or with - what is piped into it`);
  return word;
}

/** A pipeline without quotes around it comes as words, and blanks in one of them were in quotes, as in `'text=a b'`. */
const asWritten = (word: string): string => (/\s!\s/.test(word) && !/^[\w:-]+=/.test(word) ? word : word.replaceAll(' ', '\\ '));
