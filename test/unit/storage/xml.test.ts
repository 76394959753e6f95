import { describe, expect, it } from 'vitest';
import { childrenOf, element, parseXml, textOf, writeXml } from '../../../lib/storage/xml.ts';

describe('the XML of S3', () => {
  it('is read as it stands', () => {
    const root = parseXml(
      '<?xml version="1.0" encoding="UTF-8"?>\n<List xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Key>007</Key><Empty/><ETag>&#34;ab&quot;</ETag><Item><Key> a &amp;lt; </Key></Item><Item><Key>0x10</Key></Item></List>\n',
    );
    expect(root.name).toBe('List');
    expect(textOf(root, 'Key')).toBe('007');
    expect(textOf(root, 'Empty')).toBe('');
    expect(textOf(root, 'Missing')).toBe('');
    expect(textOf(root, 'ETag')).toBe('"ab"');
    expect(childrenOf(root, 'Item').map((item) => textOf(item, 'Key'))).toEqual([' a &lt; ', '0x10']);
  });

  it('is written so that it is read again', () => {
    const node = element('A', element('B', 'x < y & "z" > 007 ü'), element('C'));
    const { children } = parseXml(writeXml(node));
    expect(children.map(({ name, text }) => [name, text])).toEqual([
      ['B', 'x < y & "z" > 007 ü'],
      ['C', ''],
    ]);
  });

  it.each(['', 'not found', '<a><b></a>', '<a>', '{"a": 1}'])('is not %j', (text) => {
    expect(() => parseXml(text)).toThrow('not the XML');
  });
});
