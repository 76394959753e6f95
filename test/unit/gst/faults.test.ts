/** What a bus error means, by who raised it and by its words: those of GStreamer 1.22. */
import { describe, expect, it } from 'vitest';
import { type Blame, bestError, faultOf } from '../../../lib/gst/faults.ts';
import type { BusError } from '../../../lib/gst/protocol.ts';

const blame: Blame = {
  source: 'src',
  buffer: 'buf',
  address: 'minio:9000',
  scratch: '/scratch/run',
  found: 'video (h264)',
  missingPlugins: [],
  encrypted: false,
  redact: (text) => text.replaceAll('secret', '<secret>'),
};
const path = (...elements: string[]) => `/GstPipeline:pipeline0/${elements.map((name) => `GstX:${name}`).join('/')}`;
const soup: Partial<BusError> = { path: path('src'), factory: 'souphttpsrc', klass: 'Source/Network' };
const demuxer: Partial<BusError> = { path: path('dbin', 'qtdemux0'), factory: 'qtdemux', klass: 'Codec/Demuxer' };
const echo = 'Internal data stream error.';

describe('the code of a bus error', () => {
  const cases: Array<[what: string, error: Partial<BusError>, code: string, more?: Partial<Blame>]> = [
    ['an object that was replaced', { ...soup, message: 'Precondition Failed', httpStatus: 412 }, 'SOURCE_SUPERSEDED'],
    ['an object that is gone', { ...soup, message: 'Not Found', httpStatus: 404 }, 'SOURCE_GONE'],
    ['a signature that is refused', { ...soup, message: 'Forbidden', httpStatus: 403 }, 'STORAGE_DENIED'],
    ['a server in trouble', { ...soup, message: 'Service Unavailable', httpStatus: 503 }, 'STORAGE_READ'],
    ['a name that cannot be resolved', { ...soup, message: 'Could not resolve server name.' }, 'STORAGE_UNREACHED'],
    ['a port where nobody listens', { ...soup, message: 'Could not establish connection to server.' }, 'STORAGE_UNREACHED'],
    ['a certificate that nobody knows', { ...soup, message: 'Secure connection setup failed.' }, 'STORAGE_TLS'],
    ['a source that says nothing and never had an answer', { ...soup, message: echo, lastHttpStatus: 0 }, 'STORAGE_UNREACHED'],
    [
      'a source that was answered and then stopped',
      { ...soup, message: echo, lastHttpStatus: 200, flowReturn: -5 },
      'MEDIA_CORRUPT',
    ],
    ['a buffer whose reader stopped', { path: path('buf'), factory: 'queue2', klass: 'Generic', message: echo }, 'MEDIA_CORRUPT'],
    ['a connection that broke off', { ...soup, message: 'A network error occurred' }, 'STORAGE_READ'],
    [
      'a local file that is not there',
      { ...soup, factory: 'filesrc', message: 'Resource not found.', debug: 'x\nNo such file' },
      'SOURCE_GONE',
    ],
    ['a demuxer with an error of the RESOURCE domain', { ...demuxer, message: 'Resource not found.' }, 'MEDIA_CORRUPT'],
    ['a demuxer that finds nothing to play', { ...demuxer, message: 'This file contains no playable streams.' }, 'MEDIA_CORRUPT'],
    [
      'a decoder in want of memory',
      { path: path('dbin', 'dec0'), factory: 'avdec_h264', klass: 'Codec/Decoder/Video', message: 'Unable to allocate memory' },
      'MEDIA_CORRUPT',
    ],
    ['protected streams', { ...demuxer, message: 'No decryption key' }, 'MEDIA_ENCRYPTED'],
    ['streams told to be protected before', { ...demuxer, message: 'anything' }, 'MEDIA_ENCRYPTED', { encrypted: true }],
    [
      'a text',
      { path: path('dbin', 'typefind'), factory: 'typefind', klass: 'Generic', message: 'Could not determine type of stream.' },
      'MEDIA_UNRECOGNISED',
    ],
    [
      'an object of some bytes that gives no data',
      { path: path('dbin', 'typefind'), factory: 'typefind', klass: 'Generic', message: 'Stream contains no data.' },
      'MEDIA_CORRUPT',
    ],
    [
      'a stream under common encryption',
      { path: path('dbin'), factory: 'decodebin', klass: 'Generic/Bin/Decoder', message: 'missing a plug-in' },
      'MEDIA_ENCRYPTED',
      { missingPlugins: ['application/x-cenc, original-media-type=(string)video/x-h264'] },
    ],
    [
      'a codec without a decoder',
      {
        path: path('dbin'),
        factory: 'decodebin',
        klass: 'Generic/Bin/Decoder',
        message: 'Your GStreamer installation is missing a plug-in.',
      },
      'MEDIA_UNSUPPORTED',
      { missingPlugins: ['video/x-h266'] },
    ],
    [
      'a program',
      {
        path: path('dbin'),
        factory: 'decodebin',
        klass: 'Generic/Bin/Decoder',
        message: 'Your GStreamer installation is missing a plug-in.',
      },
      'MEDIA_UNRECOGNISED',
      { missingPlugins: ['application/x-executable'] },
    ],
    [
      'a playlist',
      {
        path: path('dbin'),
        factory: 'decodebin',
        klass: 'Generic/Bin/Decoder',
        message: 'Your GStreamer installation is missing a plug-in.',
      },
      'MEDIA_UNSUPPORTED',
      { missingPlugins: ['application/x-hls'] },
    ],
    [
      'an encoder that refuses a size',
      { path: path('x264enc0'), factory: 'x264enc', klass: 'Codec/Encoder/Video', message: 'Can not initialize x264 encoder.' },
      'ENCODER_FAILED',
    ],
    [
      'two neighbours without a common format',
      { ...soup, message: echo, flowReturn: -4, refusedBy: { name: 'enc', factory: 'x264enc', caps: 'video/x-raw' } },
      'CAPS_NOT_NEGOTIATED',
    ],
    ['pads that nobody wants', { ...demuxer, message: echo, flowReturn: -1 }, 'NO_STREAMS'],
    [
      'a full disk, whoever tells it',
      {
        path: path('sink'),
        factory: 'filesink',
        klass: 'Sink/File',
        message: 'Error while writing',
        debug: 'x\nNo space left on device',
      },
      'SCRATCH_FULL',
    ],
    ['any other element', { path: path('tee0'), factory: 'tee', klass: 'Generic', message: 'Something else' }, 'ELEMENT_FAILED'],
  ];
  it.each(cases)('%s', (_what, error, code, more) => {
    const full: BusError = { message: '', debug: '', path: '', factory: '', klass: '', ...error };
    expect(faultOf(full, { ...blame, ...more }).code).toBe(code);
  });

  it('of formats is not laid on a converter alone: it takes only what those behind it take', () => {
    const at = { name: 'videoconvert0', factory: 'videoconvert', caps: 'video/x-raw, width=8, height=8' };
    const error = { message: echo, debug: '', path: path('queue0'), factory: 'queue', klass: 'Generic', flowReturn: -4 };
    expect(faultOf({ ...error, refusedBy: at }, blame).message).toBe(
      'videoconvert0 and its neighbour share no format: it, or what follows it, does not take video/x-raw, width=8, height=8',
    );
  });

  it('goes with the element, and with GStreamer’s own words without secrets', () => {
    const fault = faultOf(
      {
        message: 'The secret broke',
        debug: 'at secret',
        path: path('dbin', 'qtdemux0'),
        factory: 'qtdemux',
        klass: 'Codec/Demuxer',
      },
      blame,
    );
    expect(fault.element).toBe('dbin/qtdemux0');
    expect(fault.message).toContain('The <secret> broke');
    expect(fault.debug).toBe('The <secret> broke\nat <secret>');
  });

  it('is that of the error which names the cause, not of its echoes', () => {
    const error = (message: string, name: string, flowReturn?: number): BusError => ({
      message,
      debug: '',
      path: path(name),
      factory: '',
      klass: '',
      flowReturn,
    });
    const cause = error('no playable streams', 'demux');
    expect(bestError([error(echo, 'src', -5), cause, error(echo, 'queue', -5)], 'src')).toBe(cause);
    const ofSource = error('Not Found', 'src');
    expect(bestError([cause, ofSource], 'src')).toBe(ofSource);
    expect(bestError([], 'src')).toBeUndefined();
  });
});
