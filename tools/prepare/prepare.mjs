import { build, isBuilt } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { alone } from './lock.mjs';

/** Installs what is missing. */
export async function prepareDependencies() {
  if (isInstalled()) return;
  await alone(async () => {
    if (!isInstalled()) await install();
  });
}

/** Installs and builds what is missing or out of date. */
export async function prepare() {
  if (isInstalled() && isBuilt()) return;
  await alone(async () => {
    // Checked again, because another preparation may have finished during the wait.
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  });
}
