import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../../../', import.meta.url));
const tools = [
  'bash',
  'env',
  'cat',
  'cut',
  'sort',
  'comm',
  'grep',
  'tail',
  'tr',
  'mkdir',
  'rm',
  'mv',
  'dirname',
  'uname',
  'sha256sum',
  'flock',
  'timeout',
  'touch',
];
const packages = ['base', 'good', 'bad', 'ugly'].map((set) => `gstreamer1.0-plugins-${set}`);
const allPackages = [
  ...[
    'gstreamer1.0-tools',
    ...packages,
    'gstreamer1.0-libav',
    'gstreamer1.0-x',
    'libgstreamer1.0-dev',
    'libgstreamer-plugins-base1.0-dev',
  ],
  ...['glib-networking', 'fonts-dejavu-core', 'ffmpeg'],
];

let home: string;

/** A machine of which every command is known: the real ones named above, and those that are given. */
function machine(commands: Record<string, string>) {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const tool of tools) {
    const path = ['/usr/bin', '/bin'].map((folder) => join(folder, tool)).find(existsSync);
    symlinkSync(path as string, join(bin, tool));
  }
  for (const [name, body] of Object.entries({ ...whole, ...commands })) {
    writeFileSync(join(bin, name), `#!${join(bin, 'bash')}\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return (further: Record<string, string> = {}) => {
    const { status, stderr, stdout } = spawnSync(join(bin, 'bash'), [join(home, 'scripts/setup.sh')], {
      env: { HOME: home, PATH: bin, CALLS: join(home, 'calls'), ...further },
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  };
}

/** Nothing is missing: the answers of a machine that was set up. */
const installed = (names: string[]) => names.map((name) => `echo 'installed ${name}'`).join('\n');
const compiler = Object.fromEntries(['python3', 'make', 'g++', 'pkg-config'].map((name) => [name, 'exit 0']));
const whole: Record<string, string> = {
  ...compiler,
  id: 'echo 1000',
  'dpkg-query': installed(allPackages),
  'apt-get': 'exit 0',
  // as `node -e` and the check of node_modules answer where Node is the right one, and all is installed
  node: `[ "$1" = -e ] && case $2 in *node_version*) echo "$HOME v24.0.0" ;; esac; exit 0`,
  minio: 'exit 0',
};

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'house-'));
  cpSync(join(top, 'scripts'), join(home, 'scripts'), { recursive: true });
  writeFileSync(join(home, 'package-lock.json'), '{}');
  mkdirSync(join(home, 'node_modules'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('the set-up', () => {
  it('is silent where nothing is missing', () => {
    const setUp = machine({});
    expect(setUp()).toEqual({ status: 0, said: '' });
    expect(setUp()).toEqual({ status: 0, said: '' });
  });

  it('prints the one line to run where it may not install packages, and stops', () => {
    const missing = allPackages.filter((name) => name !== 'glib-networking' && name !== 'ffmpeg');
    const { status, said } = machine({ 'dpkg-query': installed(missing), sudo: 'exit 1', 'apt-get': 'touch "$CALLS"' })();
    expect(status).toBe(1);
    expect(said).toContain(
      "\nsudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ffmpeg glib-networking'\n",
    );
    expect(existsSync(join(home, 'calls'))).toBe(false);
  });

  it('says which packages it is about to install, then does it as root', () => {
    const before = installed(allPackages.filter((name) => name !== 'ffmpeg'));
    const { status, said } = machine({
      id: 'echo 0',
      'dpkg-query': `${before}\n[ ! -e "$CALLS" ] || echo 'installed ffmpeg'`,
      'apt-get': 'case $* in *install*ffmpeg*) echo "$DEBIAN_FRONTEND" >"$CALLS" ;; esac',
    })();
    expect(said).toBe('setup: installing packages of the system: ffmpeg\n');
    expect(status).toBe(0);
  });

  it('waits where another apt-get is at work, and for no other fault', () => {
    const before = installed(allPackages.filter((name) => name !== 'ffmpeg'));
    const commands = {
      id: 'echo 0',
      'dpkg-query': `${before}\n[ ! -e "$CALLS" ] || echo 'installed ffmpeg'`,
      'apt-get': `[ "$1" = update ] || exec touch "$CALLS"\n[ -e "$HOME/waited" ] || { echo "E: $FAULT"; exit 100; }`,
      sleep: 'echo "$@" >"$HOME/waited"',
    };
    const setUp = machine(commands);
    expect(setUp({ FAULT: 'no such host' })).toMatchObject({ status: 1, said: expect.stringContaining('update failed') });
    const { status, said } = setUp({ FAULT: 'Unable to lock directory /var/lib/apt/lists/' });
    expect(said).toContain('setup: another apt-get is at work; trying again in 10 s\n');
    expect(status).toBe(0);
    expect(readFileSync(join(home, 'waited'), 'utf8')).toBe('10\n');
  });

  it('brings a browser for the tests of the page, and only for them', () => {
    const setUp = machine({ 'dpkg-query': installed(allPackages), sudo: 'exit 1' });
    expect(setUp()).toEqual({ status: 0, said: '' });
    const { status, said } = setUp({ SETUP_BROWSER: 'true' });
    expect(status).toBe(1);
    expect(said).toContain("\nsudo sh -c 'apt-get update && apt-get install -y --no-install-recommends chromium'\n");
    expect(JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')).scripts['test:browser']).toMatch(/^SETUP_BROWSER=true /);
  });

  it('asks for the package of a command that is missing', () => {
    const { status, said } = machine({ 'g++': 'exit 0' })();
    expect([status, said]).toEqual([0, '']);
    rmSync(join(home, 'bin/g++'));
    const again = spawnSync(join(home, 'bin/bash'), [join(home, 'scripts/setup.sh')], {
      env: { HOME: home, PATH: join(home, 'bin') },
      encoding: 'utf8',
    });
    expect(again.stderr).toContain("su -c 'apt-get update && apt-get install -y --no-install-recommends g++'");
  });

  it('compiles MinIO where there is none, says that it takes minutes, and brings its client for the bench alone', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
    const built = 'made="$GOBIN/${2##*/}"; made=${made%@*}; printf "#!%s\\n" "$BASH" >"$made"; /bin/chmod +x "$made"';
    const setUp = machine({ go: built });
    rmSync(join(home, 'bin/minio'));
    expect(setUp()).toEqual({ status: 0, said: 'setup: compiling minio with Go, once: this takes some minutes\n' });
    expect(existsSync(join(home, '.cache/gst-functions/bin/minio'))).toBe(true);
    expect(setUp()).toEqual({ status: 0, said: '' });
    expect(setUp({ SETUP_BENCH: 'true' }).said).toBe('setup: compiling mc with Go, once: this takes some minutes\n');
    expect(setUp({ SETUP_BENCH: 'true' })).toEqual({ status: 0, said: '' });
    expect(JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')).scripts.bench).toMatch(/^SETUP_BENCH=true /);
  });

  it('tries an image where Go fails, then prints the one line to run, and leaves no half of anything', () => {
    const setUp = machine({ go: 'echo no such version; exit 1', docker: 'echo no such host; exit 1' });
    rmSync(join(home, 'bin/minio'));
    const { status, said } = setUp();
    expect(status).toBe(1);
    expect(said).toMatch(
      /no such version[\s\S]*with docker[\s\S]*no such host[\s\S]*\nCGO_ENABLED=0 GOBIN='[^']+' go install github\.com\/minio\/minio@/,
    );
    expect(existsSync(join(home, '.cache/gst-functions/bin/minio'))).toBe(false);
    expect(existsSync(join(home, '.cache/gst-functions/draft.minio'))).toBe(false);
  });

  it('refuses options that it does not know', () => {
    expect(spawnSync('bash', [join(home, 'scripts/setup.sh'), '--fast'], { encoding: 'utf8' }).status).toBe(2);
  });
});
