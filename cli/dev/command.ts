/** `gst-functions dev`: the whole system in the foreground, until Ctrl-C. */
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { commonSettings, createLog, readSettings } from '../../lib/runtime/index.ts';
import { UsageError } from '../exit.ts';
import { number, wholeNumber } from '../number-option.ts';
import { formatTable } from '../table.ts';
import { type Dev, startDev } from './dev.ts';
import { endSignals } from './end-signals.ts';
import { createScreen } from './screen.ts';

export interface DevCommand {
  transforms: string;
  data?: string;
  minioPort: string;
  endpointAlias?: string[];
  workers?: string;
  backoffScale?: string;
  json?: boolean;
}

export async function dev(options: DevCommand): Promise<void> {
  check(options);
  const { logLevel } = readSettings({ logLevel: commonSettings.logLevel }, process.env);
  const json = options.json === true;
  const screen = createScreen(process.stdout, json);
  const lines = new PassThrough();
  createInterface({ input: lines }).on('line', (line) => screen.line('dev', line));
  const log = createLog({ name: 'dev', level: logLevel, format: 'json', output: lines });
  const ends = endSignals();
  let running: Dev | undefined;
  try {
    running = await startDev({
      transforms: options.transforms,
      dataDir: options.data,
      minioPort: wholeNumber('--minio-port', options.minioPort, 0, 65_535),
      aliases: options.endpointAlias,
      workers: wholeNumber('--workers', options.workers, 1, 64),
      backoffScale: number('--backoff-scale', options.backoffScale, 0, 1000),
      log,
      onLine: screen.line,
      signal: ends.signal,
    });
    running.broker.onEvent(screen.event);
    running.broker.onDelivery(({ trigger, event, attempt, outcome, cause, wait }) => {
      if (outcome !== 'done')
        log.warn({ trigger, event: event.id, type: event.type, attempt, cause, wait }, `delivery failed: ${outcome}`);
    });
    ends.onHaste(() => void running?.close(0));
    if (!json) process.stdout.write(`\n${describe(running)}\n`);
    await ends.first;
    log.info('ending; once more ends it at once');
  } catch (error) {
    if (!ends.signal.aborted) throw error;
  } finally {
    await running?.close();
    ends.release();
    lines.end();
  }
}

/** What is empty was meant to be something: a temporary folder in its place would take the objects away in the end. */
function check({ transforms, data, endpointAlias = [] }: DevCommand): void {
  for (const [option, name] of Object.entries({ '--transforms': transforms, '--data': data }))
    if (name === '') throw new UsageError(`${option} names no folder: its name is empty`);
  const odd = endpointAlias.find((alias) => !/^(\[[\da-f:.]+\]|[\w.-]+):\d{1,5}$/i.test(alias));
  if (odd !== undefined)
    throw new UsageError(`--endpoint-alias is an address as Transforms name it, host:port; found ${JSON.stringify(odd)}`);
  const { MINIO_ACCESS_KEY: access = '', MINIO_SECRET_KEY: secret = '' } = process.env;
  const short = [
    access !== '' && access.length < 3 && 'MINIO_ACCESS_KEY has 3 characters or more',
    secret !== '' && secret.length < 8 && 'MINIO_SECRET_KEY has 8 characters or more',
  ];
  const told = short.filter((one) => one !== false);
  if (told.length > 0) throw new UsageError(`${told.join(', ')}: MinIO takes no shorter ones`);
}

/** Where things are. */
export function describe({ minio, brokerUrl, dashboardUrl, place, transforms, prefixes }: Dev): string {
  const watched = prefixes();
  const objects = watched.map(({ transform, bucket, prefix }, i) => [
    i === 0 ? 'drop files at' : '',
    `${bucket}/${prefix}  (${transform})`,
  ]);
  return formatTable([
    ['MinIO', `http://${minio.endpoint}, console ${minio.consoleUrl}`],
    ['dashboard', dashboardUrl],
    ['credentials', `${minio.accessKey} / ${minio.secretKey}`],
    ...(watched.length > 0 ? objects : [['drop files at', 'nowhere yet: no Transform names this MinIO']]),
    ['Transforms', transforms],
    ['Job records', place.jobsDir],
    ['broker', `${brokerUrl} (events in hand are in memory only)`],
    ['end', 'Ctrl-C'],
  ]);
}
