import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../cli/dev/free-port.ts';
import { findMinio, launchMinio } from '../../../cli/dev/minio.ts';
import { startMinio } from '../../support/minio.ts';
import { until } from '../../support/until.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-launcher-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = () => ({
  dataDir: join(folder, 'data'),
  logFile: join(folder, 'minio.log'),
  accessKey: 'someone',
  secretKey: 'something-secret',
});
const isThere = (pid: number) => existsSync(`/proc/${pid}`);

describe('a MinIO of our own', () => {
  it('keeps its address and data over a restart, and leaves nothing when it is stopped', async () => {
    const minio = await startMinio({ buckets: ['kept'] });
    const first = minio.pid;
    await minio.client.putObject('kept', 'a', 'content');
    await minio.kill();
    expect(isThere(first)).toBe(false);
    await minio.restart();
    expect((await minio.client.statObject('kept', 'a')).size).toBe(7);
    const second = minio.pid;
    await minio.stop();
    expect(isThere(second)).toBe(false);
    expect(existsSync(minio.dataDir)).toBe(false);
  });

  it('is stopped even while it is paused', async () => {
    const minio = await startMinio();
    const { pid } = minio;
    await minio.pause();
    await minio.stop();
    expect(isThere(pid)).toBe(false);
  });

  it('does not outlive the process that started it, even where that is killed', async () => {
    const module = JSON.stringify(new URL('../../../cli/dev/minio.ts', import.meta.url).href);
    // as text: a number may come in colour
    const script = `const { launchMinio } = await import(${module}); const { pid } = await launchMinio(${JSON.stringify(options())}); console.log(String(pid));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await createInterface({ input: parent.stdout })[Symbol.asyncIterator]().next()).value?.split('\n') ?? [];
    const pid = Number(line);
    expect(isThere(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isThere(pid));
  });

  it.each(['port', 'consolePort'])('says what it failed on, and leaves no process: the %s is taken', async (name) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const ports = { port: await freePort(), consolePort: await freePort(), [name]: port };
    const failed = launchMinio({ ...options(), ...ports });
    await expect(failed).rejects.toMatchObject({ code: 'MINIO_START', class: 'transient' });
    await expect(failed).rejects.toThrow(/in use/i);
    await expect(fetch(`http://127.0.0.1:${ports.port}`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    taken.close();
  });

  it('is looked for on PATH, then where the set-up puts it', () => {
    const binary = findMinio();
    const bin = join(binary, '..');
    expect(findMinio({ PATH: `/nowhere:${bin}` })).toBe(binary);
    expect(findMinio({ PATH: '/nowhere', GST_FUNCTIONS_CACHE: join(bin, '..') })).toBe(join(bin, '..', 'bin', 'minio'));
    expect(() => findMinio({ PATH: '/nowhere', GST_FUNCTIONS_CACHE: folder })).toThrow(
      expect.objectContaining({ code: 'MINIO_MISSING', remedy: expect.stringContaining('npm run setup') }),
    );
  });
});
