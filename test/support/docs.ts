/**
 * The pages of documentation and the blocks in them. What a block is, its fence says:
 *
 *   sh               run as it stands, in the order of the page; `gst-functions dev` goes on running, as in a terminal of its own
 *   text             after one: what it prints, line by line, but for sizes, times, ports, names of jobs, and lines that are `…`
 *   text WHAT        shown, not printed by a command of the page
 *   yaml, json NAME  checked; where a path follows, saved there for the commands of the page
 *   console          needs a cluster, an image, or minutes: what it names must be there; test/e2e runs those with kubectl
 */
export interface Block {
  page: string;
  /** Of the fence, from 1. */
  line: number;
  language: string;
  /** What follows the language. */
  about: string;
  text: string;
}

const fence = /^( *)```([\w-]*) *(.*)\n([\s\S]*?)^\1```$/gm;

export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(fence)].map(({ index, 1: indent = '', 2: language = '', 3: about = '', 4: body = '' }) => ({
    page,
    line: text.slice(0, index).split('\n').length,
    language,
    about: about.trim(),
    text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** Text without its blocks. */
export const proseOf = (text: string): string => text.replaceAll(fence, '');

/** The same for any run: sizes, times, ports, ids, tokens and the width of columns left out. */
export function withoutChance(line: string): string {
  return line
    .replace(/\b[a-z2-7]{26}\b/g, 'JOB')
    .replace(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, 'RUN')
    .replace(/#token=[0-9a-f]+/g, '#token=TOKEN')
    .replace(/\b127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/\b\d+(\.\d+)? (bytes|B|kB|MB|s)\b/g, '0 $2')
    .replace(/\s+/g, ' ')
    .trim();
}
