/** The child in reserve as readiness tells it. */
import { Fault } from '../../lib/errors.ts';
import type { Children } from '../../lib/gst/children.ts';
import type { Readiness } from '../../lib/runtime/app.ts';

export interface Warm {
  readiness(): Readiness;
}

/** Starts the first child. One that fails makes the function unready, until another try goes better. */
export function keepWarm(children: Children): Warm {
  let failure: Fault | undefined;
  let loaded = false;
  let loading = false;
  const warm = async () => {
    if (loading) return;
    loading = true;
    try {
      await children.reserve();
      loaded = true;
      failure = undefined;
    } catch (error) {
      failure = Fault.from(error);
    } finally {
      loading = false;
    }
  };
  void warm();
  return {
    readiness() {
      if (failure === undefined) return { ready: true, warm: loaded };
      void warm(); // whoever asks again learns whether it went better
      return { ready: false, warm: false, code: failure.code, message: failure.message };
    },
  };
}
