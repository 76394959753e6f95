/** Whoever reads `stream` may have enough (`… | head`), or have gone: the work goes on, unseen. */
export function passOverBrokenPipe(stream: NodeJS.WritableStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
