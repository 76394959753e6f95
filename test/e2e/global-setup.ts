/** Before the tests: a cluster, images of this tree in it, and the installation from nothing. After them nothing is left. */
import { provideImages, requireCluster } from './support/cluster.ts';
import { install, uninstall } from './support/install.ts';
import { removeStorage, startStorage } from './support/storage.ts';

export async function setup(): Promise<void> {
  await requireCluster();
  const tag = await provideImages();
  await startStorage(tag);
  await install(tag);
}

/** E2E_KEEP=true leaves the installation where it is, to look at it. */
export async function teardown(): Promise<void> {
  if (process.env.E2E_KEEP === 'true') return;
  await uninstall();
  await removeStorage();
}
