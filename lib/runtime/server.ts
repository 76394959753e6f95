/** Puts a function behind a port, and ends it without cutting off what it has in hand. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../errors.ts';
import { histogram } from '../telemetry/index.ts';
import { listenerOf } from './listener.ts';
import { settingsFault } from './settings.ts';
import type { App, RunningFunction } from './types.ts';

export interface ServeOptions {
  port: number;
  /** All addresses where it is undefined. */
  host?: string;
  /** How long work in hand may go on once `close` is called, in seconds. */
  drainSeconds: number;
}

export interface Served {
  port: number;
  /**
   * Drains: takes nothing new, waits for the work in hand, and at the end of its time tells it to stop.
   * Resolves when all is released. Safe to call again, also with less time.
   */
  close(drainSeconds?: number): Promise<void>;
}

/** How long work that was told to stop may take to answer, in milliseconds. */
const stopTime = 5_000;

/** How long an answer may take to reach its caller, in milliseconds. */
const flushTime = 500;

/** @throws Fault SETTINGS_INVALID where the port cannot be had */
export async function serve(running: RunningFunction, { port, host, drainSeconds }: ServeOptions): Promise<Served> {
  const { lifecycle, log } = running;
  const server = await serverOf(running.app);
  // a request body comes at once or not at all; an answer may take as long as a transcode
  server.requestTimeout = 60_000;
  const listening = await listen(server, port, host);
  log.info({ port: listening }, 'listening');
  histogram('gst.start.duration').record(process.uptime());

  const drained = async (seconds: number) => {
    const over = new AbortController();
    const idle = lifecycle.idle().then(() => over.abort());
    await Promise.race([idle, sleep(seconds * 1000, undefined, { signal: over.signal }).catch(() => {})]);
    if (over.signal.aborted) return;
    log.warn({ seconds }, 'time to drain is over: work in hand is stopped');
    lifecycle.abort(new Fault('SHUTTING_DOWN'));
    await Promise.race([idle, sleep(stopTime, undefined, { signal: over.signal }).catch(() => {})]);
  };

  let ending: Promise<void> | undefined;
  const end = async (seconds: number) => {
    lifecycle.drain();
    log.info('draining');
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await drained(seconds);
    // answers just given are flushed before the connections that stay open are cut; a request that was still on its way in
    // when the drain began may be at work by now
    server.closeIdleConnections();
    const cut = setTimeout(() => void drained(seconds).then(() => server.closeAllConnections()), flushTime);
    await closed;
    clearTimeout(cut);
    await running.close();
    log.info('ended');
  };
  return {
    port: listening,
    close(seconds = drainSeconds) {
      if (ending && seconds === 0) lifecycle.abort(new Fault('SHUTTING_DOWN'));
      ending ??= end(seconds);
      return ending;
    },
  };
}

async function serverOf(app: App): Promise<Server> {
  if (app.respond) return createServer(listenerOf(app.respond));
  const { createAdaptorServer } = await import('@hono/node-server'); // loads all of fetch
  // the name stands in where a request has no Host header
  return createAdaptorServer({ fetch: (request) => app.fetch(request), hostname: 'function' }) as Server;
}

async function listen(server: Server, port: number, host?: string): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw settingsFault([code === 'EADDRINUSE' ? `PORT ${port} is taken by another process` : `PORT ${port}: ${message}`]);
  }
  return (server.address() as AddressInfo).port;
}
