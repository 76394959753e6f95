/** What a user writes: parsed, checked, resolved, matched; and the keys of what comes out. Knows no network and no process. */

export type { Finding } from '../finding.ts';
export { guessContentType } from './content-type.ts';
export { debugFolder } from './debug-folder.ts';
export { type ParsedTransforms, parseTransforms } from './document/parse.ts';
export { type OtherDocument, parseResource, type TransformResource } from './document/resource.ts';
export type { SecretDocument } from './document/secret.ts';
export { type TransformFolder, type TransformFolderOptions, watchTransformFolder } from './folder.ts';
export { createTransformIndex, type MatchObject, type TransformIndex } from './match/transform-index.ts';
export { checkOutputKeys, outputKey, sinkObjects } from './output-key.ts';
export { defaultCeilings, type Resolved, type ResolveOptions, resolve } from './resolve/resolve.ts';
export { checkTogether } from './resolve/together.ts';
export { compileKeyTemplate, type KeyTemplate } from './template/compile.ts';
export type { ResolvedSink, ResolvedTransform } from './types.ts';
