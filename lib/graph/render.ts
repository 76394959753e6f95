/** DOT as a picture, drawn in this process: no graphviz and no browser. What draws is loaded when it is first asked for. */

export type PictureFormat = 'svg' | 'png' | 'jpg';

/** Most pixels of a side: beyond it a picture is made smaller, as text of a wide pipeline stays sharp in the SVG anyway. */
const longestSide = 8192;
/** Pixels a point of the drawing. */
const scale = 1.5;
const jpegQuality = 90;

/** @throws Error where `dot` is no DOT */
export async function renderDot(dot: string, format: PictureFormat): Promise<Uint8Array> {
  const svg = await drawSvg(dot);
  if (format === 'svg') return Buffer.from(svg);
  const { Resvg } = await import('@resvg/resvg-js');
  const { width, height } = new Resvg(svg);
  const zoom = Math.min(scale, longestSide / Math.max(width, height));
  const picture = new Resvg(svg, { background: 'white', fitTo: { mode: 'zoom', value: zoom } }).render();
  if (format === 'png') return picture.asPng();
  const { encode } = (await import('jpeg-js')).default;
  return encode({ data: picture.pixels, width: picture.width, height: picture.height }, jpegQuality).data;
}

async function drawSvg(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  const result = viz.render(dot, { format: 'svg', engine: 'dot' });
  if (result.status !== 'success') throw new Error(`not drawn: ${result.errors.map(({ message }) => message).join('; ')}`);
  return result.output;
}
