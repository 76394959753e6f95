/** DOT as a picture, drawn in this process: no graphviz and no browser. What draws is loaded when it is first asked for. */
import type { ResvgRenderOptions } from '@resvg/resvg-js';

export type PictureFormat = 'svg' | 'png' | 'jpg';

/** Most pixels of a side: a wide pipeline is drawn smaller, and is sharp in the SVG anyway. */
const longestSide = 8192;
/** Pixels a point of the drawing. */
const scale = 1.5;
const jpegQuality = 80;
/** Boxes can be measured for few fonts: in place of those of GStreamer's dumps, these, which are about as wide. */
const measured: Readonly<Record<string, string>> = {
  sans: 'Helvetica',
  'Bitstream Vera Sans': 'Helvetica',
  monospace: 'Courier',
};
/** What text is drawn with: the first that there is. Small images, and many desktops, have DejaVu alone. */
const [proportional, monospaced] = ['Helvetica,Arial,DejaVu Sans,sans-serif', 'DejaVu Sans Mono,Courier New,monospace'];
/** Letters of DejaVu Sans are wider than those of Helvetica by up to this much: made so much smaller, text stays in its box. */
const widerBy = 1.2;
const font: ResvgRenderOptions['font'] = { defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' };

/** @throws Error where `dot` is no DOT */
export async function renderDot(dot: string, format: PictureFormat): Promise<Uint8Array> {
  const svg = await drawSvg(dot);
  if (format === 'svg') return Buffer.from(svg);
  const picture = await rasterize(svg);
  if (format === 'png') return picture.asPng();
  const { encode } = (await import('jpeg-js')).default;
  return encode({ data: picture.pixels, width: picture.width, height: picture.height }, jpegQuality).data;
}

async function drawSvg(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  // XML has no control characters, and GStreamer dumps whatever a property holds
  const clean = dot.replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}');
  const source = clean.replace(/\bfontname="([\w ]+)"/g, (whole, name) =>
    Object.hasOwn(measured, name) ? `fontname="${measured[name]}"` : whole,
  );
  const result = viz.render(source, { format: 'svg', engine: 'dot' });
  if (result.status !== 'success') throw new Error(`not drawn: ${result.errors.map(({ message }) => message).join('; ')}`);
  return result.output.replace(/font-family="([^"]*)" font-size="([\d.]+)"/g, (_, family: string, size) =>
    family.startsWith('Courier')
      ? `font-family="${monospaced}" font-size="${size}"`
      : `font-family="${proportional}" font-size="${(Number(size) / widerBy).toFixed(2)}"`,
  );
}

async function rasterize(svg: string) {
  const { Resvg } = await import('@resvg/resvg-js');
  const { width, height } = new Resvg(svg, { font });
  const zoom = Math.min(scale, longestSide / Math.max(width, height));
  return new Resvg(svg, { font, background: 'white', fitTo: { mode: 'zoom', value: zoom } }).render();
}
