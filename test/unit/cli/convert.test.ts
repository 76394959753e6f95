import { describe, expect, it } from 'vitest';
import { convert } from '../../../cli/convert.ts';

describe('convert', () => {
  it('tells what is wrong with the links and with the elements at once', async () => {
    const refused = convert(['filesrc ! decodebin videoconvert ! x264enc bitrat=500 ! mp4muxer ! filesink'], {});
    await expect(refused).rejects.toThrow(/`!` is missing between them.*\n.*did you mean `bitrate`.*\n.*did you mean `mp4mux`/);
  });
});
