/** Server-sent events that go on: the browser comes back by itself where the line broke, and here also where it was refused. */

/** Before a stream that the server refused is asked for again, in milliseconds. */
const refusedWait = 10_000;

/**
 * @param address gives the address of each try
 * @param listeners by the name of the event; `open` and `error` are those of the stream itself
 * @returns what ends it
 */
export function follow(address, listeners) {
  let events;
  let waiting;
  const connect = () => {
    events = new EventSource(address());
    for (const [name, listener] of Object.entries(listeners)) events.addEventListener(name, listener);
    events.addEventListener('error', () => {
      if (events.readyState === EventSource.CLOSED) waiting = setTimeout(connect, refusedWait);
    });
  };
  connect();
  return () => {
    clearTimeout(waiting);
    events.close();
  };
}
