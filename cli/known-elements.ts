/** The catalogue that Transforms and launch text are checked with. */
import { type Catalogue, loadCatalogue } from '../lib/graph/index.ts';
import { UsageError } from './exit.ts';

/**
 * Read at once where the user has named it, so that a fault of it is told as one.
 *
 * @throws UsageError where GST_CATALOGUE names no catalogue
 */
export function knownElements(): Catalogue {
  const catalogue = loadCatalogue();
  if (!process.env.GST_CATALOGUE) return catalogue;
  try {
    catalogue.names();
    return catalogue;
  } catch (error) {
    throw new UsageError(`GST_CATALOGUE: ${(error as Error).message} (gst-functions catalogue writes one)`);
  }
}
