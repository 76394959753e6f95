/**
 * What a bus error means. Who raised it comes first, then the text: demuxers and decoders raise errors of the
 * RESOURCE domain for bad media, so the domain tells nothing about whether a retry helps.
 */
import { Fault, type FaultCode } from '../errors.ts';
import type { BusError, PadReport } from './protocol.ts';
import type { Redact } from './redact.ts';

export interface Blame {
  /** Name of the source element. */
  source: string;
  /** Name of the buffer behind it. */
  buffer: string;
  /** `host:port` of the storage, or the path of a local source. */
  address: string;
  scratch: string;
  /** What the input has, in words. */
  found: string;
  /** Told apart from the error itself: decodebin names what it lacks in messages of their own. */
  missingPlugins: string[];
  encrypted: boolean;
  redact: Redact;
}

/** Types of streams under common encryption (ISO/IEC 23001-7), and of WebM's own. */
export const isEncrypted = (type: string): boolean => /^application\/x-(cenc|cbcs|webm-enc)\b/.test(type);

export const noKey = { cause: 'its streams are protected, and there is no key' };

const notLinked = -1; // GST_FLOW_NOT_LINKED
const notNegotiated = -4; // GST_FLOW_NOT_NEGOTIATED
const flowError = -5; // GST_FLOW_ERROR

/** The one of several errors that names the cause: others only say that their neighbour stopped. */
export function bestError(errors: readonly BusError[], source: string): BusError | undefined {
  const weight = (error: BusError) => {
    if (isEcho(error)) return error.flowReturn === notNegotiated ? 1 : 0;
    return raisedBy(error, source) ? 3 : 2;
  };
  return errors.reduce<BusError | undefined>((best, error) => (!best || weight(error) > weight(best) ? error : best), undefined);
}

/**
 * The source gave up of its own accord, its retries used up: it only says that its stream failed, and what is behind it takes
 * that for the end of the file. Where it was stopped by an element further down, the buffer between them says the same.
 */
export function brokeOff(errors: readonly BusError[], { source, buffer }: Pick<Blame, 'source' | 'buffer'>): boolean {
  const failed = (name: string) =>
    errors.some((error) => isEcho(error) && raisedBy(error, name) && error.flowReturn === flowError);
  return failed(source) && !failed(buffer) && !errors.some((error) => raisedBy(error, source) && !isEcho(error));
}

/** Of a source that gave up: whether the storage still answers at all is in its last status. */
export function brokenFault({ lastHttpStatus }: BusError, address: string): Fault {
  if (!lastHttpStatus) return new Fault('STORAGE_UNREACHED', { address, cause: 'no connection' });
  return new Fault('STORAGE_READ', { cause: `the connection to ${address} was closed before the end` });
}

/** "Internal data stream error": raised by whoever pushed, for what went wrong further down. */
export const isEcho = (error: BusError) => error.message.startsWith('Internal data stream error');
const raisedBy = (error: BusError, element: string) => topName(error) === element;

/** Name of the node of the graph that the error comes from, or from inside of. */
export function topName(error: BusError): string {
  return names(error)[0] ?? '';
}

/** `dbin/qtdemux0`: the path without the pipeline and without types. */
const elementPath = (error: BusError) => names(error).join('/');
const names = ({ path }: BusError) =>
  path
    .split('/')
    .slice(2)
    .map((part) => part.slice(part.indexOf(':') + 1));

export function faultOf(error: BusError, blame: Blame): Fault {
  const { code, details, element } = classify(error, blame);
  const clean = Object.fromEntries(Object.entries(details).map(([name, value]) => [name, blame.redact(value)]));
  return new Fault(code, clean, {
    element: element ?? elementPath(error),
    debug: blame.redact(`${error.message}\n${error.debug}`.trim()),
  });
}

interface Verdict {
  code: FaultCode;
  details: Record<string, string>;
  element?: string;
}

/** GStreamer's own words on the cause: the message, and what the debug text adds to it after the path. */
function cause({ message, debug }: BusError): string {
  const added = debug.split('\n').slice(1).join(' ').trim();
  const text = added && added !== message ? `${message.replace(/[.]$/, '')} (${added})` : message;
  return text.trim().replace(/\s+/g, ' ').replace(/[.]$/, '');
}

function classify(error: BusError, blame: Blame): Verdict {
  const { message, debug, factory, klass, flowReturn } = error;
  const text = `${message}\n${debug}`;
  const element = factory || topName(error);
  const why = cause(error);
  const is = (code: FaultCode, details: Record<string, string> = {}): Verdict => ({ code, details });

  if (/no space left|disk quota exceeded/i.test(text)) return is('SCRATCH_FULL', { path: blame.scratch });
  if (blame.encrypted || /\bencrypted\b|decryption/i.test(text)) {
    return is('MEDIA_ENCRYPTED', noKey);
  }
  if (flowReturn === notNegotiated || /not[- ]negotiated/i.test(text)) {
    const at = error.refusedBy;
    return {
      code: 'CAPS_NOT_NEGOTIATED',
      details: { element: at?.name ?? element, cause: at ? `it, or what follows it, does not take ${at.caps}` : why },
      element: at?.name,
    };
  }
  if (flowReturn === notLinked) return is('NO_STREAMS', { found: blame.found });
  if (raisedBy(error, blame.source)) return sourceFault(error, blame, why);
  if (raisedBy(error, blame.buffer) && isEcho(error)) return is('MEDIA_CORRUPT', stopped());
  if (/missing a plug-in|no suitable plugins found|no decoder available|missing (decoder|element|demuxer)/i.test(text)) {
    return unsupported(text, blame.missingPlugins);
  }
  if (/could not determine type of stream|appears to be a text file|can't typefind/i.test(text)) {
    return is('MEDIA_UNRECOGNISED', { cause: why });
  }
  if (/Encoder/.test(klass)) return is('ENCODER_FAILED', { element, cause: why });
  if (/Demux|Decoder|Parser/.test(klass) || factory === 'typefind') return is('MEDIA_CORRUPT', { element, cause: why });
  return is('ELEMENT_FAILED', { element, cause: why });
}

/** Whoever the source feeds has stopped it, and has not said why. */
const stopped = (element = 'the demuxer') => ({ element, cause: 'it stopped without a reason' });

/** Of an input in which nothing was found, although nobody is at work any more: no error came, but what led to it may have. */
export function silentDemuxer(pads: readonly PadReport[], { encrypted }: Pick<Blame, 'encrypted'>): Fault {
  if (encrypted) return new Fault('MEDIA_ENCRYPTED', noKey);
  const demuxer = pads.find(({ klass }) => /Demux/.test(klass));
  return new Fault('MEDIA_CORRUPT', stopped(demuxer?.factory), { element: demuxer?.element });
}

function sourceFault(error: BusError, { address }: Blame, why: string): Verdict {
  const { message, httpStatus, lastHttpStatus, factory } = error;
  const is = (code: FaultCode, details: Record<string, string> = {}): Verdict => ({ code, details });
  if (httpStatus === 412) return is('SOURCE_SUPERSEDED');
  if (httpStatus === 404 || httpStatus === 410) return is('SOURCE_GONE');
  if (httpStatus === 401 || httpStatus === 403) return is('STORAGE_DENIED', { address, cause: `${message} (${httpStatus})` });
  if (/secure connection|certificate|tls|ssl/i.test(why)) return is('STORAGE_TLS', { address, cause: message });
  if (/resolve|establish connection|connect/i.test(message)) return is('STORAGE_UNREACHED', { address, cause: message });
  if (httpStatus !== undefined && httpStatus >= 400) return is('STORAGE_READ', { cause: `${message} (${httpStatus})` });
  if (factory === 'filesrc' && /no such file|not found|does not exist/i.test(`${message} ${error.debug}`))
    return is('SOURCE_GONE');
  if (isEcho(error)) {
    // souphttpsrc is silent about a connection that was never made; and one that answered has done its part,
    // so that the failure is of an element further down that gave no reason
    if (lastHttpStatus === 0 || (lastHttpStatus === undefined && factory !== 'filesrc')) {
      return is('STORAGE_UNREACHED', { address, cause: 'no connection' });
    }
    return is('MEDIA_CORRUPT', stopped());
  }
  return is('STORAGE_READ', { cause: why });
}

/** Types that are known and no media; what decodebin says of them is the same as for a missing codec. */
const noMedia =
  /^(text\/|application\/(x-executable|x-ms-dos-executable|pdf|zip|x-gzip|x-bzip|x-7z|x-tar|msword|x-rar|x-ar|postscript|x-compress|x-yaml))/;
const playlists = /^application\/(x-hls|dash\+xml|vnd\.ms-sstr\+xml|sdp)|^text\/uri-list/;

function unsupported(text: string, missing: string[]): Verdict {
  const types = missing.length > 0 ? missing : [...text.matchAll(/Missing \w+: .*?\((.*)\)/g)].map((match) => match[1] ?? '');
  const named = [...new Set(types)];
  const type = named[0] ?? '';
  if (playlists.test(type)) return { code: 'MEDIA_UNSUPPORTED', details: { cause: `${type}: playlists are not followed` } };
  if (noMedia.test(type)) return { code: 'MEDIA_UNRECOGNISED', details: { cause: type } };
  if (isEncrypted(type)) return { code: 'MEDIA_ENCRYPTED', details: noKey };
  return {
    code: 'MEDIA_UNSUPPORTED',
    details: { cause: named.length > 0 ? `no decoder for ${named.join(', ')}` : 'a plugin is missing' },
  };
}
