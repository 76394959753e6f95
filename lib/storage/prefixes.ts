/** The fewest prefixes that cover all of the given ones. */
export function minimalPrefixes(prefixes: Iterable<string>): string[] {
  const all = [...new Set([...prefixes].map((prefix) => (prefix === '/' ? '' : prefix)))].sort();
  return all.filter((prefix) => !all.some((other) => other !== prefix && prefix.startsWith(other)));
}
