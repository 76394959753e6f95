import { describe, expect, it } from 'vitest';
import type { PropertyValue } from '../../../lib/graph/index.ts';
import { rankedOff } from '../../../lib/graph/lint/policy/ranked-off.ts';
import { reachOf } from '../../../lib/graph/lint/policy/reach.ts';
import { catalogue, folder, lintOf, type Options, told } from './lint-support.ts';

/** What policy says of one element with these properties. */
function refused(factory: string, properties: Record<string, PropertyValue> = {}, options: Options = {}): string[] {
  const graph = { nodes: [{ id: 'a', factory, properties, at: 0 }], links: [], source: undefined, outputs: [] };
  return told(lintOf(graph, options).filter(({ rule, severity }) => rule.startsWith('refused-') && severity === 'error'));
}

const element = 'refused-element spec.pipeline.elements[0].name';
const property = (name: string) => `refused-property spec.pipeline.elements[0].properties${name}`;

describe('refused elements', () => {
  const cases: Array<[name: string, said: string]> = [
    ['filesrc', '`filesrc` (Source/File) fetches data of its own: leave it out, the object is fed to the first element for you'],
    [
      'souphttpsrc',
      '`souphttpsrc` (Source/Network) fetches data of its own: leave it out, the object is fed to the first element for you',
    ],
    [
      'uridecodebin',
      '`uridecodebin` (Generic/Bin/Decoder) fetches data of its own: leave it out, the object is fed to the first element for you',
    ],
    ['filesink', '`filesink` writes a file of its own: leave it out, the last element feeds the output for you'],
    ['udpsink', '`udpsink` (Sink/Network) gives data away: leave it out, the last element feeds the output for you'],
    [
      'souphttpclientsink',
      '`souphttpclientsink` (Generic) gives data away: leave it out, the last element feeds the output for you',
    ],
    [
      'autovideosink',
      '`autovideosink` (Sink/Video) is for somebody who watches or listens: end in an encoder and a muxer in its place',
    ],
    ['hlssink2', '`hlssink2` writes many files, for which the sink of the Transform must be a folder: let its key end in `/`'],
    ['hlsdemux', '`hlsdemux` opens whatever addresses its input names: transcode the media file itself, not a playlist of it'],
    ['avmux_hls', "`avmux_hls` opens files or addresses past GStreamer: take GStreamer's own element for that format"],
    ['festival', '`festival` opens network connections, which no pipeline may'],
    ['sctpenc', '`sctpenc` opens network connections, which no pipeline may'],
    ['webrtcbin', '`webrtcbin` opens network connections, which no pipeline may'],
    ['playbin', '`playbin` is for somebody who watches or listens: begin with `decodebin`, and end in an encoder and a muxer'],
    ['appsrc', '`appsrc` needs an application around it: leave it out, input and output are linked for you'],
  ];
  it.each(cases)('%s', (name, said) => {
    expect(refused(name)).toEqual([`${element}: ${said}`]);
    expect(refused(name, {}, { image: true })).toEqual([`${element}: ${said}`]);
  });

  it.each(['videotestsrc', 'fakesink', 'decodebin', 'parsebin', 'tee', 'mp4mux', 'rtph264pay', 'encodebin'])('not %s', (name) => {
    expect(refused(name)).toEqual([]);
  });

  it.each(['hlssink', 'hlssink2', 'multifilesink', 'splitmuxsink', 'dashsink', 'filesink'])(
    'not %s, where the output is a folder',
    (name) => {
      expect(refused(name)).not.toEqual([]);
      expect(refused(name, {}, { outlets: folder })).toEqual([]);
    },
  );

  it('all that have only one side, but for a few that open nothing', () => {
    const open = catalogue.names().filter((name) => refused(name).length === 0);
    const oneSided = open.filter((name) => {
      const sides = new Set(catalogue.element(name)?.pads.map(({ direction }) => direction));
      return sides.size === 1 && !/Muxer/.test(catalogue.element(name)?.klass ?? '');
    });
    expect(oneSided).toEqual([
      'audiotestsrc',
      'dataurisrc',
      'dtmfsrc',
      'fakeaudiosink',
      'fakesink',
      'fakesrc',
      'fakevideosink',
      'flitetestsrc',
      'testsrcbin',
      'tonegeneratesrc',
      'videotestsrc',
    ]);
    expect(open.length).toBeGreaterThan(1100);
  });

  it('all that open URIs, but for two that make their data themselves', () => {
    const opening = catalogue.names().filter((name) => catalogue.element(name)?.uri !== undefined);
    expect(opening.length).toBeGreaterThan(40);
    expect(opening.filter((name) => refused(name).length === 0)).toEqual(['dataurisrc', 'testsrcbin']);
  });

  it('all that decodebin must not choose', () => {
    const known = rankedOff.filter((name) => catalogue.element(name));
    expect(known.length).toBeGreaterThan(6);
    expect(known.filter((name) => refused(name).length === 0)).toEqual([]);
  });
});

describe('refused properties', () => {
  const cases: Array<[factory: string, name: string, value: string, said: string]> = [
    [
      'rsvgoverlay',
      'location',
      '/etc/passwd',
      'names a file, and no pipeline may open files of its own (only where the key of the sink ends in `/` is there a folder for them)',
    ],
    [
      'mp4mux',
      'faststart-file',
      'x',
      'names a file, and no pipeline may open files of its own (only where the key of the sink ends in `/` is there a folder for them)',
    ],
    [
      'queue2',
      'temp-template',
      '/tmp/XXXXXX',
      'names a file, and no pipeline may open files of its own (only where the key of the sink ends in `/` is there a folder for them)',
    ],
    [
      'transcodebin',
      'video-filter',
      'identity ! filesink location=/x',
      'is read as a pipeline of its own: only the name of one element is allowed',
    ],
    [
      'transcodebin',
      'video-filter',
      'filesink',
      '`filesink` writes a file of its own: leave it out, the last element feeds the output for you',
    ],
    ['avenc_h264_omx', 'omx-libname', 'libevil.so', 'loads a library, which no pipeline may'],
    ['x264enc', 'option-string', 'ref=3:dump-yuv=/tmp/x', 'sets `dump-yuv`, which names a file'],
    ['x265enc', 'option-string', 'recon-y4m-exec=sh', 'sets `recon-y4m-exec`, which names a file'],
    ['x264enc', 'option-string', 'new-option=/tmp/x', 'sets `new-option` to what looks like a path'],
    ['dataurisrc', 'uri', 'file:///etc/passwd', 'must be a data: URI'],
    [
      'encodebin',
      'a::location',
      '/etc/passwd',
      'names a file, and no pipeline may open files of its own (only where the key of the sink ends in `/` is there a folder for them)',
    ],
    [
      'encodebin',
      'a::b::video-sink',
      'identity ! filesink',
      'is read as a pipeline of its own: only the name of one element is allowed',
    ],
    [
      'rtpbin',
      'fec-encoders',
      'fec,0="identity ! filesink location=/x"',
      'is read as a pipeline of its own: only the name of one element is allowed',
    ],
    [
      'encodebin',
      'profile',
      'video/quicktime:video/x-h264|element-properties,multipass-cache-file=/x',
      'sets `multipass-cache-file` of an element inside, which could reach out of the pipeline',
    ],
    [
      'switchbin',
      'path0::element',
      'identity ! filesink location=/x',
      'is read as a pipeline of its own: only the name of one element is allowed',
    ],
    [
      'switchbin',
      'path0::element',
      'udpsink',
      '`udpsink` (Sink/Network) gives data away: leave it out, the last element feeds the output for you',
    ],
    [
      'encodebin',
      'a::unheard-of',
      'identity ! filesink',
      'is of a child that the catalogue does not know: only a number, a name or a fraction is allowed',
    ],
    [
      'encodebin',
      'a::unheard-of',
      'file:///etc/passwd',
      'is of a child that the catalogue does not know: only a number, a name or a fraction is allowed',
    ],
    [
      'encodebin',
      'a::unheard-of',
      'appsrc',
      '`appsrc` needs an application around it: leave it out, input and output are linked for you',
    ],
    [
      'compositor',
      'sink_0::a::location',
      '/etc/passwd',
      'names a file, and no pipeline may open files of its own (only where the key of the sink ends in `/` is there a folder for them)',
    ],
    ['encodebin', 'a::uri', 'http://a', 'names an address or a device, and no pipeline may open one of its own'],
  ];
  it.each(cases)('%s %s=%s', (factory, name, value, said) => {
    const path = property(/^[\w-]+$/.test(name) ? `.${name}` : `["${name}"]`);
    expect(refused(factory, { [name]: value })).toEqual([`${path}: \`${name}\` of \`${factory}\` ${said}`]);
    expect(refused(factory, { [name]: value }, { image: true })).toHaveLength(1);
  });

  const harmless: Array<[factory: string, name: string, value: PropertyValue]> = [
    ['transcodebin', 'video-filter', 'videoflip'],
    ['encodebin', 'profile', 'application/ogg:video/x-theora:audio/x-vorbis'],
    ['x264enc', 'option-string', 'ref=3:fps=25/1:deblock=-1,-1'],
    ['dataurisrc', 'uri', 'data:image/png;base64,AAAA'],
    ['compositor', 'sink_0::xpos', 10],
    ['audiomixer', 'sink_0::converter-config', 'GstAudioConverter, mix-matrix=(float)< <1, 0> >'],
    ['switchbin', 'path0::element', 'videoflip'],
    ['encodebin', 'a::unheard-of', '1/2'],
    ['taginject', 'tags', 'title=a/b'],
    ['textoverlay', 'text', '/etc/passwd'],
    ['matroskamux', 'writing-app', 'http://a'],
  ];
  it.each(harmless)('not %s %s=%s', (factory, name, value) => {
    expect(refused(factory, { [name]: value })).toEqual([]);
  });

  const paths: Array<[value: string, said: string | undefined]> = [
    ['video%05d.mp4', undefined],
    ['sub/video%05d.mp4', undefined],
    ['a..b.mp4', undefined],
    ['100%%_%03u.mp4', undefined],
    ['%llu.mp4', undefined],
    ['a%sb.mp4', 'has `%s`: one number is filled in, by `%05d` for example; a percent sign itself is `%%`'],
    ['%H_%M.mp4', 'has `%H`: one number is filled in, by `%05d` for example; a percent sign itself is `%%`'],
    ['%d-%d.mp4', 'has `%d`: one number is filled in, by `%05d` for example; a percent sign itself is `%%`'],
    ['%9999999d.mp4', 'has `%9999999d`: one number is filled in, by `%05d` for example; a percent sign itself is `%%`'],
    ['100%.mp4', 'has `%.m`: one number is filled in, by `%05d` for example; a percent sign itself is `%%`'],
    ['/tmp/video.mp4', 'must be a relative path, such as `video.mp4`: files are written to the folder of the output'],
    ['file:///tmp/a', 'must be a relative path, such as `a`: files are written to the folder of the output'],
    ['/', 'must be a relative path: files are written to the folder of the output'],
    ['../video.mp4', 'must stay in the folder of the output: no `..`'],
    ['a/../../b.mp4', 'must stay in the folder of the output: no `..`'],
    ['a/..', 'must stay in the folder of the output: no `..`'],
  ];
  it.each(paths)('a path of an output that is a folder: %s', (value, said) => {
    const wanted = said === undefined ? [] : [`${property('.location')}: \`location\` of \`splitmuxsink\` ${said}`];
    expect(refused('splitmuxsink', { location: value }, { outlets: folder })).toEqual(wanted);
  });

  const inner: Array<[name: string, value: string, said: string | undefined]> = [
    ['muxer', 'matroskamux', undefined],
    ['muxer-factory', 'matroskamux', undefined],
    ['muxer-properties', 'properties,fragment-duration=1000', undefined],
    ['sink-factory', 'filesink', undefined],
    ['muxer', 'matroskamux ! filesink location=/x', 'is read as a pipeline of its own: only the name of one element is allowed'],
    [
      'sink-factory',
      'udpsink',
      '`udpsink` (Sink/Network) gives data away: leave it out, the last element feeds the output for you',
    ],
    ['sink-factory', 'nosuchsink', 'names `nosuchsink`, which is no element'],
    [
      'sink-properties',
      'properties,video_sink=udpsink',
      'sets `video_sink` of an element inside, which could reach out of the pipeline',
    ],
    ['sink-properties', 'properties,location=/x', 'sets `location` of an element inside, which could reach out of the pipeline'],
    ['sink::location', '/x', 'must be a relative path, such as `x`: files are written to the folder of the output'],
  ];
  it.each(inner)('splitmuxsink %s=%s', (name, value, said) => {
    const path = property(/^[\w-]+$/.test(name) ? `.${name}` : `["${name}"]`);
    const wanted = said === undefined ? [] : [`${path}: \`${name}\` of \`splitmuxsink\` ${said}`];
    expect(refused('splitmuxsink', { [name]: value }, { outlets: folder })).toEqual(wanted);
  });

  it('of an element that nobody knows, by their names', () => {
    expect(refused('nvsomething', { location: '/x' }, { image: true })).toHaveLength(1);
    expect(refused('nvsomething', { 'video-sink': 'a ! b' }, { image: true })).toHaveLength(1);
    expect(refused('nvsomething', { bitrate: 5 }, { image: true })).toEqual([]);
  });

  it('every location, URI, device and file of every element, in a pipeline without a folder', () => {
    let seen = 0;
    const let_through = catalogue.names().flatMap((name) =>
      Object.entries(catalogue.element(name)?.properties ?? {}).flatMap(([key, { writable, type }]) => {
        const shown = /(^|-)(location|ur[il]|device|file|filename|path|host|socket)(-|$)/.test(key);
        if (!shown || !writable || type !== 'string') return [];
        seen++;
        return refused(name, { [key]: '/etc/passwd' }).length === 0 ? [`${name}.${key}`] : [];
      }),
    );
    expect(seen).toBeGreaterThan(150);
    expect(let_through).toEqual([]);
  });

  it('every text of an allowed element that is known to reach out; the rest is free text', () => {
    const kinds: Record<string, string[]> = {};
    for (const name of catalogue.names()) {
      if (refused(name).length > 0) continue;
      for (const [key, info] of Object.entries(catalogue.element(name)?.properties ?? {})) {
        if (!info.writable || !['string', 'text', 'element', 'structure'].includes(info.type)) continue;
        const kind = reachOf(key, info) ?? 'free';
        kinds[kind] = [...new Set([...(kinds[kind] ?? []), key])].toSorted();
      }
    }
    expect(kinds).toMatchSnapshot();
  });
});
