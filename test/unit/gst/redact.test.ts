import { describe, expect, it } from 'vitest';
import { redactor } from '../../../lib/gst/redact.ts';

const signature = 'd04a5b1c9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b';
const url = `http://minio:9000/media/in/a%20b.mkv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F20260102%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`;
const redact = redactor({
  kind: 'http',
  url,
  headers: { 'If-Match': '"etag-of-it"', Authorization: 'Bearer abcdef123456' },
  verify: true,
});
const escapedBy = (text: string, pattern: RegExp) => text.replace(pattern, '\\$&');

describe('secrets', () => {
  const texts: Array<[how: string, text: string]> = [
    ['as it is', url],
    ['in an error', `Not Found (404), URL: ${url}, Redirect to: (NULL)`],
    ['in a structure, escaped', `uri=(string)"${escapedBy(url, /[^\w\s]/g)}", x=1`],
    ['in a DOT label, escaped twice', `label="location=\\"${escapedBy(escapedBy(url, /[&=:%?]/g), /\\/g)}\\""`],
    ['encoded once more', encodeURIComponent(url)],
    ['only its query', url.slice(url.indexOf('?'))],
    ['only the signature', `signature was ${signature}.`],
    ['a header that grants access', 'extra-headers, Authorization=(string)"Bearer abcdef123456"'],
  ];
  it.each(texts)('are taken out of a text that holds the address %s', (_how, text) => {
    expect(`${text}`.replaceAll('\\', '')).toMatch(/d04a5b1c|abcdef123456/); // seen while it is there
    const clean = redact(text);
    expect(clean).not.toContain(signature);
    expect(clean.replaceAll('\\', '')).not.toMatch(/d04a5b1c|AKIAEXAMPLE|abcdef123456/);
  });

  it('are all that is taken out', () => {
    const text = 'Not Found (404) for gst-functions-source, If-Match "etag-of-it", host and port';
    expect(redact(text)).toBe(text);
    expect(redactor({ kind: 'file', path: '/a' })(url)).toBe(url);
  });
});
