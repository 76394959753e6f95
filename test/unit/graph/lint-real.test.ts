import { describe, expect, it } from 'vitest';
import { collectFindings } from '../../../lib/finding.ts';
import { type Element, graphFromElements, lintGraph, type Outlet } from '../../../lib/graph/index.ts';
import { catalogue, folder } from './lint-support.ts';

const out: Outlet[] = [{ name: 'out', directory: false }];

/** Everything that is said of the elements, of the graph and of its parts. */
function faults(elements: Element[], outlets: Outlet[]): string[] {
  const findings = collectFindings(() => undefined);
  const graph = graphFromElements(elements, { outlets, catalogue }, findings);
  lintGraph(graph, catalogue, { outlets }, findings);
  return findings.all.map(({ path, message }) => `${path}: ${message}`);
}

/** `a ! b ! c`, with properties as `a key=value`; enough for the pipelines below. */
function chain(text: string): Element[] {
  return text.split(' ! ').map((part) => {
    const [name = '', ...assigned] = part.trim().split(/\s+(?=[\w:-]+=)/);
    const reference = /^(goto|linkto):(\S+)$/.exec(name);
    if (reference) return { [reference[1] as string]: reference[2] };
    const all = Object.fromEntries(assigned.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
    const { alias, ...properties } = all;
    return { name, ...(alias && { alias }), ...(Object.keys(properties).length > 0 && { properties }) };
  });
}

describe('real pipelines are not complained of', () => {
  const pipelines = [
    'decodebin ! videoconvert ! x264enc ! mp4mux',
    'decodebin alias=d ! queue ! videoconvert ! x264enc bitrate=2000 speed-preset=veryfast tune=zerolatency key-int-max=60 ! h264parse ! mp4mux alias=m faststart=true ! goto:d ! queue ! audioconvert ! audioresample ! voaacenc bitrate=128000 ! linkto:m',
    'decodebin alias=d ! queue ! videoconvert ! vp9enc target-bitrate=1000000 deadline=1 cpu-used=4 ! webmmux alias=m ! goto:d ! queue ! audioconvert ! audioresample ! opusenc bitrate=96000 ! linkto:m',
    'decodebin alias=d ! queue ! videoconvert ! vp8enc ! webmmux alias=m ! goto:d ! queue ! audioconvert ! vorbisenc quality=0.5 ! linkto:m',
    'decodebin ! audioconvert ! audioresample ! lamemp3enc target=bitrate bitrate=192 cbr=true ! id3v2mux',
    'decodebin ! audioconvert ! audioresample ! opusenc ! oggmux',
    'decodebin ! audioconvert ! flacenc quality=8',
    'decodebin ! audioconvert ! vorbisenc ! oggmux',
    'decodebin ! audioconvert ! audioresample ! capsfilter caps=audio/x-raw,rate=16000,channels=1,format=S16LE ! wavenc',
    'decodebin ! audioconvert ! rganalysis ! rgvolume pre-amp=0.0 ! rglimiter ! audioconvert ! lamemp3enc ! xingmux',
    'decodebin ! audioconvert ! audioconvert ! audioresample ! opusenc ! oggmux',
    'decodebin ! audioconvert ! avenc_aac bitrate=128000 ! aacparse ! mp4mux',
    'decodebin ! audioconvert ! speexenc ! oggmux',
    'decodebin ! audioconvert ! twolamemp2enc ! mpegtsmux',
    'parsebin ! matroskamux',
    'parsebin alias=p ! queue ! mp4mux alias=m ! goto:p ! queue ! linkto:m',
    'qtdemux alias=d ! queue ! h264parse ! matroskamux alias=m ! goto:d ! queue ! aacparse ! linkto:m',
    'matroskademux alias=d ! queue ! h264parse ! mpegtsmux alias=m ! goto:d ! queue ! aacparse ! linkto:m',
    'tsdemux alias=d ! queue ! h264parse config-interval=-1 ! mp4mux alias=m ! goto:d ! queue ! aacparse ! linkto:m',
    'tsdemux ! queue ! mpegvideoparse ! mpeg2dec ! deinterlace ! videoconvert ! x264enc pass=quant quantizer=23 ! mp4mux',
    'avidemux ! decodebin ! videoconvert ! x264enc ! mp4mux',
    'flvdemux alias=d ! goto:d.video ! queue ! h264parse ! mp4mux',
    'qtdemux alias=d ! goto:d.audio_0 ! queue ! aacparse ! avdec_aac ! audioconvert ! lamemp3enc',
    'oggdemux ! vorbisdec ! audioconvert ! flacenc',
    'wavparse ! audioconvert ! lamemp3enc',
    'flacparse ! flacdec ! audioconvert ! audioresample ! opusenc ! oggmux',
    'mpegaudioparse ! mpg123audiodec ! audioconvert ! audioresample ! wavenc',
    'decodebin ! videoconvert ! videoscale ! capsfilter caps=video/x-raw,width=[1,1280],height=[1,720],pixel-aspect-ratio=1/1 ! x264enc ! mp4mux',
    'decodebin ! videoconvert ! videoscale add-borders=true ! capsfilter caps=video/x-raw,width=640,height=360 ! x264enc ! mp4mux',
    'decodebin ! videorate ! capsfilter caps=video/x-raw,framerate=15/1 ! videoconvert ! theoraenc ! oggmux',
    'decodebin ! videoconvert ! textoverlay text=Draft valignment=top halignment=left font-desc="Sans 24" shaded-background=true ! videoconvert ! x264enc ! mp4mux',
    'decodebin ! videoconvert ! timeoverlay ! clockoverlay time-format="%H:%M" ! x264enc ! mp4mux',
    'decodebin ! videoconvert ! videoflip method=clockwise ! x264enc ! mp4mux',
    'decodebin ! videoconvert ! videocrop top=10 left=10 right=10 bottom=10 ! aspectratiocrop aspect-ratio=16/9 ! x264enc ! mp4mux',
    'decodebin ! videoconvert ! videobalance saturation=0.0 ! gamma gamma=1.2 ! x264enc ! mp4mux',
    'decodebin ! videoconvert ! jpegenc quality=90 ! avimux',
    'decodebin ! imagefreeze num-buffers=1 ! videoconvert ! pngenc snapshot=true',
    'decodebin ! imagefreeze num-buffers=1 ! videoconvert ! videoscale ! capsfilter caps=video/x-raw,width=320 ! jpegenc',
    'decodebin ! videoconvert ! webpenc',
    'decodebin ! videoconvert ! x265enc bitrate=1500 speed-preset=fast option-string=keyint=60:min-keyint=60 ! h265parse ! matroskamux',
    'decodebin ! videoconvert ! av1enc cpu-used=8 ! av1parse ! webmmux',
    'decodebin ! videoconvert ! avenc_mpeg4 bitrate=1000000 ! avimux',
    'decodebin ! videoconvert ! avenc_mpeg2video ! mpegtsmux',
    'decodebin ! videoconvert ! avenc_prores_ks ! qtmux',
    'decodebin ! tee alias=t ! queue ! videoconvert ! x264enc ! mp4mux alias=m ! goto:t ! queue ! fakesink sync=false ! goto:m',
    'decodebin ! queue ! videoconvert ! compositor alias=c sink_0::xpos=10 sink_0::alpha=0.5 background=black ! videoconvert ! x264enc ! mp4mux alias=m ! videotestsrc pattern=ball num-buffers=100 ! linkto:c ! goto:m',
    'decodebin ! audioconvert ! tee alias=t ! queue ! audiomixer alias=a ! lamemp3enc alias=e ! goto:t ! queue ! linkto:a ! goto:e',
    'decodebin ! audioconvert ! capsfilter caps=audio/x-raw(ANY),layout=interleaved,channel-mask=(bitmask)0x3 ! flacenc',
    'decodebin ! audioconvert ! equalizer-10bands band0=-3.5 ! audiodynamic mode=compressor ratio=0.5 threshold=0.3 ! lamemp3enc',
    'decodebin ! audioconvert ! spectrascope ! videoconvert ! x264enc ! mp4mux',
    'decodebin ! audioconvert ! level ! volume volume=0.8 mute=false ! opusenc audio-type=voice frame-size=20 ! oggmux',
    'subparse ! webvttenc',
  ];
  it.each(pipelines)('%s', (text) => {
    expect(faults(chain(text), out)).toEqual([]);
  });

  const folders = [
    'decodebin ! videoconvert ! x264enc key-int-max=60 ! h264parse ! hlssink2 location=segment%05d.ts playlist-location=playlist.m3u8 target-duration=4 max-files=0 playlist-length=0 playlist-root=https://cdn.example.com/a',
    'decodebin ! videoconvert ! x264enc ! h264parse ! splitmuxsink location=part%05d.mp4 max-size-time=10000000000 muxer=mp4mux',
    'decodebin ! videorate ! capsfilter caps=video/x-raw,framerate=1/10 ! videoconvert ! jpegenc ! multifilesink location=frame%05d.jpg',
    'decodebin ! videoconvert ! x264enc ! h264parse ! mpegtsmux ! hlssink location=s%05d.ts playlist-location=p.m3u8',
    'decodebin ! videoconvert ! x264enc ! h264parse ! dashsink mpd-filename=manifest.mpd mpd-baseurl=https://cdn.example.com/a muxer=mp4',
  ];
  it.each(folders)('%s', (text) => {
    expect(faults(chain(text), folder)).toEqual([]);
  });

  it('nor are those of the samples of the first operator', () => {
    const converter =
      'decodebin alias=dbin ! goto:dbin ! queue ! audioconvert ! audioresample ! voaacenc ! linkto:mux ! goto:dbin ! queue ! videoconvert ! x264enc ! mp4mux alias=mux';
    const splitter =
      'decodebin alias=dbin ! goto:dbin ! queue ! audioconvert ! audioresample ! lamemp3enc ! linkto:audio-out ! goto:dbin ! queue ! videoconvert ! x264enc ! mp4mux ! linkto:video-out';
    expect(faults(chain(converter), out)).toEqual([]);
    expect(
      faults(
        chain(splitter),
        ['video', 'audio'].map((name) => ({ name, directory: false })),
      ),
    ).toEqual([]);
  });
});
