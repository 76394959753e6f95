import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { createScreen } from '../../../cli/dev/screen.ts';

function screen(json = false) {
  const shown: string[] = [];
  return { shown, ...createScreen({ write: (text) => shown.push(text) }, json) };
}

const logLine = '{"level":"warn","time":"2026-01-02T03:04:05.678Z","name":"transcode","job":"j","msg":"run failed"}';

describe('the screen of dev', () => {
  it('shows a log line for people, under the name of the process', () => {
    const { shown, line } = screen();
    line('transcode2', logLine);
    expect(shown).toEqual(['03:04:05.678 ! transcode2  run failed job=j\n']);
  });

  it('shows other words as they are', () => {
    const { shown, line } = screen();
    line('source', 'Error: {broken');
    line('source', '{broken');
    expect(shown.map((text) => text.trim())).toEqual(['source      Error: {broken', 'source      {broken']);
  });

  it('shows JSON to machines', () => {
    const { shown, line } = screen(true);
    line('transcode2', logLine);
    line('source', 'plain');
    expect(shown.map((text) => JSON.parse(text))).toMatchObject([
      { name: 'transcode2', job: 'j', level: 'warn' },
      { name: 'source', msg: 'plain' },
    ]);
  });

  it('shows the progress of a job now and then, and of each new one at once', () => {
    const { shown, event } = screen();
    const tell = (job: string, kind: string, position: number) => {
      const data = { job, run: 'r', position, duration: 10, bytesIn: 1, bytesOut: 1 };
      event(new CloudEvent<unknown>({ type: `io.gst.pipelines.transform.${kind}`, source: '/t', subject: job, data }));
    };
    tell('a', 'progress', 1);
    tell('a', 'progress', 2);
    tell('b', 'progress', 5);
    tell('a', 'succeeded', 0);
    tell('a', 'progress', 3);
    expect(shown.map((text) => /([\d.]+) of 10.0 s {2}(\w)/.exec(text)?.slice(1))).toEqual([
      ['1.0', 'a'],
      ['5.0', 'b'],
      ['3.0', 'a'],
    ]);
  });
});
