import { expect, it } from 'vitest';
import { complaints } from '../../../lib/runtime/telemetry-complaints.ts';
import { keptLog } from '../../support/functions.ts';

it('says each trouble of the SDK once, in a sentence, with what to look at', () => {
  const { log, lines } = keptLog();
  const { error, warn, info } = complaints(log);
  const refused = JSON.stringify({ message: 'connect ECONNREFUSED 127.0.0.1:4318', code: 'ECONNREFUSED', stack: 'Error: …' });
  for (let times = 0; times < 3; times++) error(refused);
  warn('Dropped 3 spans', 'because maxQueueSize reached\n    at a line of a stack');
  info('all is well');
  expect(lines.map(({ level, msg, cause }) => [level, msg, cause])).toEqual([
    ['warn', 'telemetry is in trouble', 'connect ECONNREFUSED 127.0.0.1:4318, ECONNREFUSED'],
    ['warn', 'telemetry is in trouble', 'Dropped 3 spans because maxQueueSize reached'],
  ]);
  expect(lines[0]?.remedy).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
});

it('ends after many different ones', () => {
  const { log, lines } = keptLog();
  const { error } = complaints(log);
  for (let number = 0; number < 100; number++) error(`trouble ${number}`);
  expect(lines).toHaveLength(20);
});
