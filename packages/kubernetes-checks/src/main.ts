import { checkManifests } from './check-manifests';
import { RenderError, exampleObjects, overlayNames, renderOverlays } from './render';
import { checkSchema } from './schema/check-schema';

const usage = `npm run check:k8s                renders each folder of k8s/overlays and checks all objects
npm run check:k8s -- <overlay> …  only these overlays
Exit codes: 1 violations; 2 the check could not run.
`;

async function main(args: readonly string[]): Promise<void> {
  const known = await overlayNames();
  const unknown = args.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no overlay "${unknown}". Overlays: ${known.join(', ')}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  for (const [name, objects] of await renderOverlays(args.length > 0 ? args : known)) {
    const ofExamples = await Promise.all((await exampleObjects(name)).map(checkSchema));
    const violations = [...(await checkManifests(objects)), ...ofExamples.flat()];
    process.stdout.write(`${name}: ${objects.length} objects, ${violations.length} violations\n`);
    for (const { rule, object, path, message } of violations)
      process.stdout.write(`  ${rule} ${object} ${path}\n    ${message}\n`);
    if (violations.length > 0) process.exitCode = 1;
  }
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  const { message, stack } = error as Error;
  process.stderr.write(`${error instanceof RenderError ? message : stack}\n`);
  process.exitCode = 2;
});
