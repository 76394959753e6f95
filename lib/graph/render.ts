/** DOT as a picture, drawn in this process: no graphviz and no browser. What draws is loaded when it is first asked for. */
import type { ResvgRenderOptions } from '@resvg/resvg-js';

export type PictureFormat = 'svg' | 'png' | 'jpg';

/** Most pixels of a side: a wide pipeline is drawn smaller, and is sharp in the SVG anyway. */
const longestSide = 8192;
/** Pixels a point of the drawing. */
const scale = 1.5;
const jpegQuality = 80;
/**
 * Boxes are measured for Helvetica. Small images have DejaVu Sans alone, whose letters are wider by this much: pixels are
 * drawn with it made as much smaller, so that text stays in its box.
 */
const font: ResvgRenderOptions['font'] = { defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' };
const widerBy = 1.15;

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
  const result = viz.render(dot.replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}'), { format: 'svg', engine: 'dot' });
  if (result.status !== 'success') throw new Error(`not drawn: ${result.errors.map(({ message }) => message).join('; ')}`);
  return result.output;
}

async function rasterize(svg: string) {
  const { Resvg } = await import('@resvg/resvg-js');
  const fitting = svg
    .replace(/font-size="([\d.]+)"/g, (_, size) => `font-size="${(Number(size) / widerBy).toFixed(2)}"`)
    .replace(/font-family="[^"]*"/g, 'font-family="DejaVu Sans"');
  const { width, height } = new Resvg(fitting, { font });
  const zoom = Math.min(scale, longestSide / Math.max(width, height));
  return new Resvg(fitting, { font, background: 'white', fitTo: { mode: 'zoom', value: zoom } }).render();
}
