/**
 * The XML of S3 answers, read as it stands. The minio package reads the text `007` as the number 7, keys included, and
 * knows only part of a notification rule, which would be lost on writing it back.
 */
export interface XmlNode {
  name: string;
  children: XmlNode[];
  /** Of an element without children. */
  text: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The root element. Attributes, comments and declarations are dropped: S3 says nothing in them. */
export function parseXml(xml: string): XmlNode {
  const top: XmlNode = { name: '', children: [], text: '' };
  const open = [top];
  for (const [, tag, text] of xml.matchAll(/<([^>]+)>|([^<]+)/g)) {
    const current = open.at(-1) as XmlNode;
    if (text !== undefined) current.text += text;
    else if (tag?.startsWith('/')) {
      current.text = decodeEntities(current.text);
      open.pop();
    } else if (tag && !/^[?!]/.test(tag)) {
      const node: XmlNode = { name: tag.split(/[\s/]/)[0] as string, children: [], text: '' };
      current.children.push(node);
      if (!tag.endsWith('/')) open.push(node);
    }
    if (open.length === 0) break;
  }
  const root = top.children[0];
  if (!root || open.length !== 1) throw new Error(`not the XML that S3 answers: ${xml.slice(0, 80)}`);
  return root;
}

export function writeXml({ name, children, text }: XmlNode): string {
  const inner =
    children.length > 0 ? children.map(writeXml).join('') : text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<${name}>${inner}</${name}>`;
}

export function childrenOf(node: XmlNode | undefined, name: string): XmlNode[] {
  return node?.children.filter((child) => child.name === name) ?? [];
}

/** Text of the first child of that name; empty where there is none. */
export function textOf(node: XmlNode | undefined, name: string): string {
  return childrenOf(node, name)[0]?.text ?? '';
}

export const element = (name: string, ...inner: Array<XmlNode | string>): XmlNode => ({
  name,
  children: inner.filter((part) => typeof part !== 'string'),
  text: inner.filter((part) => typeof part === 'string').join(''),
});

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole;
    return String.fromCodePoint(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });
}
