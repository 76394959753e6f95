import { describe, expect, it } from 'vitest';
import { read } from './repository.ts';

const stages = new Map(
  read('Containerfile')
    .split(/\n(?=FROM )/)
    .filter((stage) => stage.startsWith('FROM '))
    .map((stage) => [/^FROM \S+ AS (\w+)/.exec(stage)?.[1] as string, stage]),
);
const plugins = (text: string) =>
  [...new Set(text.match(/gstreamer1\.0-(?:plugins-\w+|libav|x)\b|glib-networking|fonts-dejavu-core/g))].sort();

describe('the Containerfile', () => {
  it.each(['transcode', 'functions'])('runs %s as uid 1000, by the one command', (target) => {
    const stage = stages.get(target) as string;
    expect(stage.trimEnd()).toMatch(/\nUSER 1000:1000\nRUN [^\n]*\nCMD \["serve", "\w+"\]$/);
    expect(stages.get('node')).toContain('ENTRYPOINT ["node", "--min-semi-space-size=8", "/app/dist/gst-functions.js"]');
  });

  it('has GStreamer for transcode, with the plugins that the set-up brings, and none for the other functions', () => {
    expect(stages.get('transcode')).toMatch(/^FROM gstreamer /);
    expect(plugins(stages.get('gstreamer') as string)).toEqual(plugins(read('scripts/setup/packages.sh')));
    expect(stages.get('functions')).toMatch(/^FROM node /);
    expect(stages.get('node')).not.toContain('apt-get');
  });

  it('sets the arenas of malloc to what the bench measures with', () => {
    const [, arenas] = /^ENV .*\bMALLOC_ARENA_MAX=(\d+)/m.exec(stages.get('node') as string) ?? [];
    expect(arenas).toBeDefined();
    expect(read('bench/places.ts')).toContain(`MALLOC_ARENA_MAX: '${arenas}'`);
  });
});
