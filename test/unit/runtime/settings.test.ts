import { describe, expect, it } from 'vitest';
import { commonSettings, readSettings, setting, settingsPage } from '../../../lib/runtime/index.ts';

const spec = {
  token: setting.secret({ env: 'TOKEN', about: 'A token.', secret: true }),
  count: setting.integer({ env: 'COUNT', about: 'How many.', min: 1, max: 9, fallback: '3', unit: 's' }),
  share: setting.decimal({ env: 'SHARE', about: 'A share.', min: 0, max: 1, fallback: '0.5' }),
  size: setting.bytes({ env: 'SIZE', about: 'A size.', fallback: '1Ki' }),
  on: setting.flag({ env: 'ON', about: 'Whether.', fallback: 'false' }),
  names: setting.list({ env: 'NAMES', about: 'Names.', fallback: '' }),
  level: setting.choice({ env: 'LEVEL', about: 'A level.', values: ['low', 'high'], fallback: 'low' }),
  url: setting.httpUrl({ env: 'URL', about: 'An address.', optional: true }),
} as const;

describe('settings', () => {
  it('are their defaults where nothing is set, or set to nothing', () => {
    const wanted = { token: 't', count: 3, share: 0.5, size: 1024, on: false, names: [], level: 'low', url: undefined };
    expect(readSettings(spec, { TOKEN: 't' })).toEqual(wanted);
    expect(readSettings(spec, { TOKEN: ' t ', COUNT: '', LEVEL: '  ' })).toEqual(wanted);
  });

  it('are read by their kind', () => {
    const env = {
      TOKEN: 't',
      COUNT: '9',
      SHARE: '1',
      SIZE: '1.5Gi',
      ON: 'true',
      NAMES: ' a, ,b ',
      LEVEL: 'high',
      URL: 'http://h',
    };
    const wanted = { count: 9, share: 1, size: 1.5 * 2 ** 30, on: true, names: ['a', 'b'], level: 'high', url: 'http://h/' };
    expect(readSettings(spec, env)).toMatchObject(wanted);
  });

  it('are frozen', () => {
    expect(Object.isFrozen(readSettings(spec, { TOKEN: 't' }))).toBe(true);
  });

  it('at fault are all told at once, with what was found', () => {
    const env = { COUNT: '0', SHARE: '2', SIZE: 'big', ON: 'maybe', LEVEL: 'middle', URL: 'ftp://h' };
    expect(() => readSettings(spec, env)).toThrow(
      [
        'The settings cannot be used:',
        '  TOKEN is required: A token.',
        '  COUNT must be a whole number from 1 to 9, in seconds (found "0")',
        '  SHARE must be a number from 0 to 1 (found "2")',
        '  SIZE must be a size such as 65536, 64Ki or 16Gi (found "big")',
        '  ON must be true or false (found "maybe")',
        '  LEVEL must be one of low, high (found "middle")',
        '  URL must be an http or https URL (found "ftp://h")',
      ].join('\n'),
    );
  });

  it('that do not go together are told beside those at fault', () => {
    const together = ({ count, on }: { count?: number; on?: boolean }) =>
      count === 3 && on ? ['COUNT and ON exclude each other'] : [];
    expect(() => readSettings(spec, { ON: 'true' }, together)).toThrow(/TOKEN is required.*COUNT and ON exclude each other/s);
    expect(readSettings(spec, { TOKEN: 't' }, together).count).toBe(3);
  });

  it('that are secret are never printed', () => {
    const secret = { key: { ...setting.integer({ env: 'KEY', about: 'A key.', min: 0, max: 1, secret: true }), secret: true } };
    const read = () => readSettings(secret, { KEY: 'hunter2' });
    expect(read).toThrow(/KEY must be/);
    expect(read).not.toThrow(/hunter2/);
  });

  const wrong: Array<[env: NodeJS.ProcessEnv]> = [
    [{ PORT: '65536' }],
    [{ PORT: '-1' }],
    [{ PORT: '80.5' }],
    [{ LOG_LEVEL: 'loud' }],
  ];
  it.each(wrong)('of every function refuse %j', (env) => {
    expect(() => readSettings(commonSettings, env)).toThrow(expect.objectContaining({ code: 'SETTINGS_INVALID' }));
  });

  it('have a page with a row for each', () => {
    const page = settingsPage([{ name: 'sample', settings: spec }]);
    expect(page).toContain('## sample');
    expect(page).toContain('| `TOKEN` | A token. Secret. |  |  | **required** |');
    expect(page).toContain('| `COUNT` | How many. | 1 to 9 | s | `3` |');
    expect(page).toContain('| `NAMES` | Names. | values between commas |  | empty |');
    expect(page).toContain('| `URL` | An address. | an http or https URL |  | none (optional) |');
  });
});
