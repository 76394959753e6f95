import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { eventKey } from '../../test/support/requests.ts';
import { transformOf } from '../../test/support/transforms.ts';
import { cpuOf } from '../processes.ts';
import { interleaved, type Measure, most } from '../samples.ts';
import { type Served, type Stage, serveProgram } from '../stage.ts';

/** Events of one sample, and how many are on their way at a time. */
const events = 2000;
const atOnce = 16;
/** Transforms in one file. */
const perFile = 100;
const forwarder = fileURLToPath(new URL('../forwarder.ts', import.meta.url));

/** Prefixes in three depths, each within the one above; a third has an `exclude`. An object right below `a/<n>/` matches one. */
function transforms(from: number, count: number): string {
  return Array.from({ length: count }, (_, at) => {
    const n = from + at;
    const [group, depth] = [Math.floor(n / 3), n % 3];
    const prefix = [`a/${group}/`, `a/${group}/b/`, `a/${group}/b/c/`][depth];
    const minio = { key: prefix, ...(depth === 0 && { exclude: '[.](txt|json)$' }) };
    return stringify(
      transformOf({ name: `t${n}`, spec: { src: { minio }, sink: { minio: { key: `out/${n}/{{ .SrcKey }}.mp4` } } } }),
    );
  }).join('---\n');
}

/** Places that events come from: those of the smaller number of Transforms. */
const groups = 333;
const event = (n: number) => {
  const key = `a/${n % groups}/${n}.mkv`;
  const object = { key, eTag: `etag${n}`, size: 9, sequencer: String(n) };
  const record = {
    eventName: 's3:ObjectCreated:Put',
    eventTime: '2026-03-04T05:06:07.089Z',
    s3: { bucket: { name: 'media' }, object },
  };
  return JSON.stringify({
    specversion: '1.0',
    id: `event-${n}`,
    source: 'minio:s3..media',
    type: 'com.amazonaws.s3.ObjectCreated:Put',
    subject: key,
    datacontenttype: 'application/json',
    data: { Records: [record] },
  });
};

/** As cheaply as may be, for whoever sends takes from the same processors. */
function deliver(url: string, body: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/cloudevents+json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', headers, agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.once('error', reject).end(body);
  });
}

/** Takes all and keeps none. */
async function startDrain() {
  let taken = 0;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      taken++;
      response.writeHead(202).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    taken: () => taken,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const dispatch = (stage: Stage): Measure => ({
  name: 'dispatch',
  async run(rounds) {
    const drain = await startDrain();
    const env = { K_SINK: drain.url, EVENT_KEY: eventKey, LOG_LEVEL: 'warn' };
    const withTransforms = async (count: number) => {
      const folder = join(stage.folder, `transforms-${count}`);
      await mkdir(folder, { recursive: true });
      for (let from = 0; from < count; from += perFile) {
        await writeFile(join(folder, `${from}.yaml`), transforms(from, Math.min(perFile, count - from)));
      }
      return stage.serve('dispatcher', { ...env, TRANSFORMS_DIR: folder, LOG_LEVEL: 'info' });
    };
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    const servers: Served[] = [];
    const started = async (starting: Promise<Served>) => {
      const served = await starting;
      servers.push(served);
      return served;
    };
    try {
      const contenders = {
        forwards: await started(serveProgram([forwarder], { ...process.env, ...env, LOG_LEVEL: 'info' })),
        thousand: await started(withTransforms(1000)),
        tenThousand: await started(withTransforms(10_000)),
      };
      /** Seconds an event, so that costs can be compared like any other. */
      const send = async (served: Served) => {
        const before = drain.taken();
        const cpu = await cpuOf(served.pid);
        let next = 0;
        const begun = performance.now();
        await Promise.all(
          Array.from({ length: atOnce }, async () => {
            for (let n = next++; n < events; n = next++) {
              const body = event(n);
              const status = await deliver(served.url, body, agent);
              if (status !== 204) throw new Error(`answered ${status}`);
            }
          }),
        );
        const wall = (performance.now() - begun) / 1000 / events;
        if (drain.taken() - before !== events) throw new Error(`${drain.taken() - before} of ${events} events arrived`);
        return { wall, cpu: ((await cpuOf(served.pid)) - cpu) / events };
      };
      const costs = await interleaved(rounds, {
        forwards: () => send(contenders.forwards),
        thousand: () => send(contenders.thousand),
        tenThousand: () => send(contenders.tenThousand),
      });
      const rates = (name: keyof typeof costs) => costs[name].map(({ wall }) => 1 / wall);
      const work = (name: keyof typeof costs) => costs[name].map(({ cpu }) => cpu * 1000);
      return {
        title: 'Dispatcher with many Transforms',
        about: `${events} object events a sample, ${atOnce} at a time, over HTTP. Prefixes overlap, a third has \`exclude\`; each event matches one of them, and one signed request is made of it. The forwarder is the same server, and posts each event on.`,
        rows: [
          { what: 'forwarder, events', unit: '/s', samples: rates('forwards') },
          { what: '1,000 Transforms, events', unit: '/s', samples: rates('thousand') },
          { what: '10,000 Transforms, events', unit: '/s', samples: rates('tenThousand') },
          { what: 'forwarder, CPU an event', unit: 'ms', samples: work('forwards') },
          { what: '1,000 Transforms, CPU an event', unit: 'ms', samples: work('thousand') },
          { what: '10,000 Transforms, CPU an event', unit: 'ms', samples: work('tenThousand') },
        ],
        checks: [
          {
            what: '1,000 Transforms to the forwarder',
            value: most(rates('thousand')) / most(rates('forwards')),
            unit: '×',
            bound: '≥',
            target: 0.5,
          },
          {
            what: '10,000 Transforms to 1,000',
            value: most(rates('tenThousand')) / most(rates('thousand')),
            unit: '×',
            bound: '≥',
            target: 0.9,
          },
        ],
      };
    } finally {
      for (const served of servers) await served.stop();
      agent.destroy();
      drain.close();
    }
  },
});
