/** `gst-functions serve NAME`: one function, as in its container. */
import { UsageError } from './exit.ts';

const functions = ['source', 'dispatcher', 'transcode', 'recorder'] as const;
type FunctionName = (typeof functions)[number];
