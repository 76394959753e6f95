/**
 * Every way in which work can fail, in one table: the class decides what the Broker is told, the message and the
 * remedy are what a person reads. docs/reference/errors.md is generated from it.
 *
 * - `permanent`: the same input and the same Transform will fail again (answer 422, never retried)
 * - `transient`: a later try may succeed (503, retried by the Broker)
 * - `busy`: this process has work in hand (429 with Retry-After)
 * - `skipped`: nothing to do, and that is right (204)
 * - `malformed`: the request itself is unusable (400, 413 or 415)
 */
export type FaultClass = 'permanent' | 'transient' | 'busy' | 'skipped' | 'malformed';

interface FaultRow {
  class: FaultClass;
  /** `{name}` stands for a detail of that name. */
  message: string;
  remedy: string;
  /** HTTP status where it is not that of the class. */
  status?: number;
}

const table = {
  // --- what came in
  EVENT_MALFORMED: {
    class: 'malformed',
    message: 'The event cannot be read: {cause}',
    remedy: 'Send a CloudEvent 1.0 with JSON data as docs/reference/events.md describes.',
  },
  EVENT_TOO_LARGE: {
    class: 'malformed',
    status: 413,
    message: 'The body has more than {limit} bytes.',
    remedy: 'Send smaller events, or raise BODY_LIMIT.',
  },
  EVENT_MEDIA_TYPE: {
    class: 'malformed',
    status: 415,
    message: 'The content type {type} is not understood.',
    remedy: 'Send application/json (binary mode) or application/cloudevents+json (structured mode).',
  },
  EVENT_UNAUTHORIZED: {
    class: 'malformed',
    status: 401,
    message: 'The bearer token is missing or wrong.',
    remedy: 'Set the same token as WEBHOOK_AUTH_TOKEN here and as auth_token in the MinIO webhook target.',
  },
  DASHBOARD_TOKEN_WRONG: {
    class: 'malformed',
    status: 401,
    message: 'The token of the dashboard is missing or wrong.',
    remedy: 'Sign in with the DASHBOARD_TOKEN of this installation.',
  },
  EVENT_SIGNATURE: {
    class: 'malformed',
    message: 'The request is not signed with the key of this installation.',
    remedy: 'Only the dispatcher makes requests; check that EVENT_KEY is the same in dispatcher, reconciler and transcode.',
  },
  PUBLISH_FAILED: {
    class: 'transient',
    message: 'The Broker at {address} did not take the event: {cause}',
    remedy: 'Sent again by whoever delivered the cause; check K_SINK and the Broker.',
  },
  DEAD_LETTERED: {
    class: 'permanent',
    message: 'The Broker gave the request up; the last answer was {answer}.',
    remedy: 'Look at the log of transcode; gst-functions retry asks again.',
  },
  BATCH_JOB_FAILED: {
    class: 'permanent',
    message: 'The Kubernetes Job {name} failed without a word of the run: {cause}',
    remedy: 'Look at its pods and at what they may use (memory, time, scratch space); gst-functions retry asks again.',
  },
  BUSY: {
    class: 'busy',
    message: 'This process already works on an object.',
    remedy: 'Nothing to do: the event is delivered again.',
  },
  SHUTTING_DOWN: {
    class: 'transient',
    message: 'The process is shutting down.',
    remedy: 'Nothing to do: the event is delivered again.',
  },
  INTERNAL: {
    class: 'transient',
    message: 'Unexpected: {cause}',
    remedy: 'A fault of gst-functions; please report it with the log lines of this job.',
  },

  SETTINGS_INVALID: {
    class: 'permanent',
    message: 'The settings cannot be used:{cause}',
    remedy: 'Set the environment variables as docs/reference/settings.md describes.',
  },

  // --- the Transform
  TRANSFORM_INVALID: {
    class: 'permanent',
    message: '{cause}',
    remedy: 'Run gst-functions validate on the Transform; it lists every fault with its line.',
  },
  PIPELINE_REFUSED: {
    class: 'permanent',
    message: 'The pipeline is not allowed to run: {cause}',
    remedy: 'Run gst-functions validate on the Transform; docs/security.md says which elements are refused and why.',
  },
  PIPELINE_INVALID: {
    class: 'permanent',
    message: 'GStreamer cannot build the pipeline: {cause}',
    remedy: 'Run gst-functions validate and gst-functions graph on the Transform.',
  },
  OUTPUT_KEY_INVALID: {
    class: 'permanent',
    message: 'The key template of sink {sink} gave {key}, which cannot be used: {cause}',
    remedy: 'Change the key template; see docs/key-templates.md.',
  },
  OUTPUT_COLLISION: {
    class: 'permanent',
    message: 'At {bucket}/{key} there is already an object that was not made from this source.',
    remedy: 'Make the key template tell sources apart (for example with .SrcExt or .SrcDir), or set overwrite: true on the sink.',
  },

  // --- the source object
  SOURCE_SUPERSEDED: {
    class: 'skipped',
    message: 'The object was replaced by a newer one.',
    remedy: 'Nothing to do: the newer object has a job of its own.',
  },
  SOURCE_GONE: {
    class: 'skipped',
    message: 'The object is no longer there.',
    remedy: 'Nothing to do, unless it should be: upload it again.',
  },
  LOOP: {
    class: 'skipped',
    message: 'The object was made by {transform} itself, through {chain}.',
    remedy: 'Write outputs outside the watched prefix, or leave them out with exclude.',
  },
  INPUT_TOO_LARGE: {
    class: 'permanent',
    message: 'The object has {size} bytes; the limit is {limit}.',
    remedy: 'Raise pipeline.limits.inputBytes, up to MAX_INPUT_BYTES of the installation.',
  },

  // --- the media
  MEDIA_UNRECOGNISED: {
    class: 'permanent',
    message: 'The input is not a media type that GStreamer knows: {cause}',
    remedy: 'Check that the file plays; its name may say another type than it has.',
  },
  MEDIA_EMPTY: {
    class: 'permanent',
    message: 'The input holds no data.',
    remedy: 'Check the upload: the object has no bytes.',
  },
  MEDIA_CORRUPT: {
    class: 'permanent',
    message: 'The input cannot be read by {element}: {cause}',
    remedy: 'Check that the file plays from begin to end; it may be cut off or damaged.',
  },
  MEDIA_UNSUPPORTED: {
    class: 'permanent',
    message: 'No element can read this input: {cause}',
    remedy: 'Use an image with the plugin (pipeline.image), or another input.',
  },
  MEDIA_ENCRYPTED: {
    class: 'permanent',
    message: 'The input is encrypted: {cause}',
    remedy: 'Decrypt it before the upload.',
  },
  MEDIA_NO_FRAMES: {
    class: 'permanent',
    message: 'The input ended without a single frame for {outputs}.',
    remedy: 'Check that the file plays; it may hold headers only, or less sound than one frame of the encoder.',
  },
  MEDIA_UNTIMED: {
    class: 'permanent',
    message: 'The input does not say when its frames are shown, and only the first of them came into {outputs}.',
    remedy:
      'Put videorate and a capsfilter with a framerate (video/x-raw,framerate=25/1) before the encoder, or upload it in a container.',
  },
  MEDIA_TRUNCATED: {
    class: 'permanent',
    message: 'The input declares {declared} s, but only {decoded} s came out.',
    remedy: 'The file is cut off or damaged: upload it again. DURATION_RATIO sets how much may be missing.',
  },
  MISSING_STREAM: {
    class: 'permanent',
    message: 'The pipeline wants {wanted}; the input has {found}.',
    remedy: 'Use another input, or set pipeline.onMissingStream: skip to go on with the streams that are there.',
  },
  NO_STREAMS: {
    class: 'permanent',
    message: 'No branch of the pipeline fits the input, which has {found}.',
    remedy: 'Add a branch for a stream that the input has.',
  },
  CAPS_NOT_NEGOTIATED: {
    class: 'permanent',
    message: '{element} and its neighbour share no format: {cause}',
    remedy: 'Put a converter (videoconvert, videoscale, audioconvert, audioresample) or a parser before {element}.',
  },
  ENCODER_FAILED: {
    class: 'permanent',
    message: '{element} cannot encode this stream: {cause}',
    remedy:
      'Check its properties and the format it gets; 4:2:0 encoders need an even width and height (videoscale or videocrop).',
  },
  ELEMENT_FAILED: {
    class: 'permanent',
    message: '{element} failed: {cause}',
    remedy: 'Try the pipeline with gst-functions run on the same file, with pipeline.debug set.',
  },

  // --- limits
  TIMEOUT: {
    class: 'permanent',
    message: 'The run took longer than {limit} s.',
    remedy: 'Raise pipeline.limits.timeout, choose a faster preset, or use execution: job.',
  },
  STALLED: {
    class: 'permanent',
    message: 'Nothing moved for {limit} s although the input was there.',
    remedy:
      'Look at the DOT graph (pipeline.debug.dot); a branch may wait for data that never comes: put a queue at the head of each branch.',
  },
  SOURCE_STALLED: {
    class: 'transient',
    message: 'No byte of the input came for {limit} s.',
    remedy: 'Retried by the Broker; check the storage and the network.',
  },
  MEMORY_LIMIT: {
    class: 'permanent',
    message: 'The pipeline used more than {limit} bytes of memory.',
    remedy: 'Ask for more with pipeline.resources, or scale the frames down early.',
  },
  OUTPUT_TOO_LARGE: {
    class: 'permanent',
    message: 'The output grew over {limit} bytes.',
    remedy: 'Raise pipeline.limits.outputBytes, up to MAX_OUTPUT_BYTES of the installation.',
  },
  CHILD_CRASHED: {
    class: 'transient',
    message: 'The pipeline process ended by {cause}.',
    remedy: 'Retried by the Broker; if it comes again, a plugin has a fault with this input.',
  },
  CHILD_START: {
    class: 'transient',
    message: 'The pipeline process could not be started: {cause}',
    remedy: 'Check the image: GStreamer, its plugins and the add-on must be there.',
  },
  CANCELLED: {
    class: 'transient',
    message: 'The run was stopped: {cause}',
    remedy: 'Retried by the Broker where that is wanted.',
  },
  JOB_CANCELLED: {
    class: 'skipped',
    message: 'The job was cancelled.',
    remedy: 'gst-functions retry asks for it again.',
  },
  SANDBOX_REQUIRED: {
    class: 'transient',
    message: 'REQUIRE_SANDBOX is set, and the kernel offers no Landlock: {cause}',
    remedy: 'Use nodes with Linux 5.13 or newer and Landlock enabled, or set REQUIRE_SANDBOX=false.',
  },

  // --- the tools of one machine
  MINIO_MISSING: {
    class: 'permanent',
    message: 'There is no minio program on PATH, nor in {cache}/bin.',
    remedy: 'Run npm run setup, which builds or fetches it, or put a minio program on PATH.',
  },
  MINIO_START: {
    class: 'transient',
    message: 'The MinIO server did not start: {cause}',
    remedy: 'Look at its log; a port may be taken, or the data folder of another version.',
  },

  TRIGGER_INVALID: {
    class: 'permanent',
    message: 'The local broker cannot follow the Trigger {trigger}: it has {cause}.',
    remedy: 'Correct the manifest; knative/base/triggers.yaml has what can be followed.',
  },
  BROKER_FULL: {
    class: 'transient',
    message: 'The local broker has {capacity} events in hand and takes no more.',
    remedy: 'Nothing to do: the event is sent again.',
  },
  FUNCTION_START: {
    class: 'transient',
    message: 'The function {name} did not start: {cause}',
    remedy: 'Try it alone with gst-functions serve; its settings are in docs/reference/settings.md.',
  },

  // --- storage
  STORAGE_UNREACHED: {
    class: 'transient',
    message: 'The storage at {address} did not answer: {cause}',
    remedy: 'Retried by the Broker; check the endpoint and the NetworkPolicy.',
  },
  STORAGE_FAILED: {
    class: 'transient',
    message: 'The storage at {address} failed: {cause}',
    remedy: 'Retried by the Broker; look at the storage server.',
  },
  STORAGE_DENIED: {
    class: 'transient',
    message: 'The storage at {address} refused access: {cause}',
    remedy:
      'Check the Secret named by credentialsSecret and the policy of its user; retried by the Broker, as keys may be about to change.',
  },
  STORAGE_NO_BUCKET: {
    class: 'permanent',
    message: 'The bucket {bucket} does not exist at {address}.',
    remedy: 'Create the bucket, or correct the Transform.',
  },
  STORAGE_TLS: {
    class: 'transient',
    message: 'No safe connection to the storage at {address}: {cause}',
    remedy: 'Check endpointCA (base64 PEM of its authority) and whether the server speaks TLS at all (insecureNoTLS).',
  },
  STORAGE_KEY_INVALID: {
    class: 'permanent',
    message: 'The storage at {address} refuses the key {key}: {cause}',
    remedy: 'Change the key template: no part of a key may be . or .. or an object already, and S3 allows 1,024 bytes.',
  },
  STORAGE_METADATA: {
    class: 'permanent',
    message: 'The metadata of {key} cannot be stored: {cause}',
    remedy: 'Shorten metadata on the sink: S3 allows 2 KiB for all names and values, percent-encoded.',
  },
  STORAGE_NOTIFICATIONS: {
    class: 'transient',
    message: 'The notifications of bucket {bucket} at {address} cannot be set ({cause}). An administrator can: {commands}',
    remedy: 'Run the command, or give the user of the Secret s3:GetBucketNotification and s3:PutBucketNotification.',
  },
  OUTPUT_EMPTY: {
    class: 'permanent',
    message: 'The pipeline wrote no byte for {key}.',
    remedy: 'Try the pipeline with gst-functions run on the same file.',
  },
  STORAGE_READ: {
    class: 'transient',
    message: 'Reading the source broke off: {cause}',
    remedy: 'Retried by the Broker; check the storage and the network.',
  },
  STORAGE_WRITE: {
    class: 'transient',
    message: 'Writing {key} broke off: {cause}',
    remedy: 'Retried by the Broker; check the storage and the network.',
  },
  ENDPOINT_REFUSED: {
    class: 'permanent',
    message: 'The storage {address} is not among ALLOWED_ENDPOINTS.',
    remedy: 'Ask the operator to allow it, or use an allowed endpoint.',
  },
  CREDENTIALS_MISSING: {
    class: 'transient',
    message: 'The Secret {secret} cannot be used: {cause}',
    remedy: 'Create the Secret with access-key-id and secret-access-key, and let transcode read it (knative/components/tenant).',
  },
  KUBERNETES_FAILED: {
    class: 'transient',
    message: 'The Kubernetes API refused to {what}: {cause}',
    remedy: 'Check the RBAC of the function (knative/base/rbac.yaml), the CRDs (knative/crds) and the API server.',
  },
  SCRATCH_FULL: {
    class: 'transient',
    message: 'The scratch space at {path} is full.',
    remedy: 'Retried by the Broker; raise the size of the scratch volume.',
  },
} satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof table;

/** Every code with its class, message and remedy, for documentation and tests. */
export const faultTable: Readonly<Record<FaultCode, FaultRow>> = table;

const statusOfClass: Record<FaultClass, number> = { permanent: 422, transient: 503, busy: 429, skipped: 204, malformed: 400 };

/** A failure of a known kind. `details` fill the message; `element` and `debug` are GStreamer's own words, redacted. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly class: FaultClass;
  readonly remedy: string;
  readonly status: number;
  readonly details: Readonly<Record<string, string | number>>;
  readonly element?: string;
  readonly debug?: string;

  constructor(
    code: FaultCode,
    details: Record<string, string | number> = {},
    options: { cause?: unknown; element?: string; debug?: string; class?: FaultClass } = {},
  ) {
    const row: FaultRow = table[code];
    super(fill(row.message, details), { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.class = options.class ?? row.class;
    this.remedy = fill(row.remedy, details);
    this.status = options.class ? statusOfClass[options.class] : (row.status ?? statusOfClass[row.class]);
    this.details = details;
    if (options.element !== undefined) this.element = options.element;
    if (options.debug !== undefined) this.debug = options.debug;
  }

  /** The fault inside `error`, or `INTERNAL` around it. */
  static from(error: unknown): Fault {
    if (error instanceof Fault) return error;
    return new Fault('INTERNAL', { cause: error instanceof Error ? error.message : String(error) }, { cause: error });
  }
}

function fill(text: string, details: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in details ? String(details[name]) : whole));
}
