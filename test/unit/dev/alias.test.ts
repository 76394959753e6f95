import { describe, expect, it } from 'vitest';
import { replaceAddresses } from '../../../cli/dev/alias.ts';

const cases: Array<[name: string, text: string, wanted: string]> = [
  ['in quotes', 'endpoint: "minio.svc:9000"', 'endpoint: "127.0.0.1:1"'],
  ['bare', 'endpoint: minio.svc:9000\nbucket: b', 'endpoint: 127.0.0.1:1\nbucket: b'],
  ['the second alias', 'endpoint: other:80', 'endpoint: 127.0.0.1:1'],
  ['the end of another name', 'endpoint: my-minio.svc:9000', 'endpoint: my-minio.svc:9000'],
  ['a longer port', 'endpoint: minio.svc:90001', 'endpoint: minio.svc:90001'],
  ['a dot that stands for any character', 'endpoint: minioXsvc:9000', 'endpoint: minioXsvc:9000'],
];

describe('an address in place of which that of dev is written', () => {
  it.each(cases)('%s', (_name, text, wanted) => {
    expect(replaceAddresses(text, ['minio.svc:9000', 'other:80'], '127.0.0.1:1')).toBe(wanted);
  });

  it('leaves all as it is where there is none', () => {
    expect(replaceAddresses('endpoint: a:1', [], '127.0.0.1:1')).toBe('endpoint: a:1');
  });
});
