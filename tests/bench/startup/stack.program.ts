import { startStack, serviceNames, recordOf } from '@shop/local-stack/stack';

const [, , dataDir = '', compileCache = '', seedProducts = ''] = process.argv;

/** Starts a shop like `npm start`, reports that it is ready, and stops it when told to. */
async function main(): Promise<void> {
  const stack = await startStack({
    ...{ dataDir, seedProducts: Number(seedProducts), admin: { email: 'admin@shop.example' } },
    env: { ...process.env, LOG_LEVEL: 'warn' },
    serviceEnv: recordOf(serviceNames, () => ({ NODE_COMPILE_CACHE: compileCache })),
  });
  process.once('message', () => void stack.stop().then(() => process.disconnect()));
  process.send?.('ready');
}

void main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
