import { isIP } from 'node:net';
import { z } from 'zod';

const namedNetworks = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * TRUST_PROXY: addresses and networks of the proxies in front of this process, separated by commas; `loopback`, `linklocal` and
 * `uniquelocal` name the private ones. Empty: nobody, so that no client can choose the address that it is known by. A number of
 * proxies is not enough: whoever reaches this port around them would be believed.
 */
export const trustedProxies = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((network) => network.trim())
      .filter(Boolean),
  )
  .refine((networks) => networks.every(isNetwork), {
    message: 'addresses and networks of proxies, such as 10.0.0.0/8, loopback, separated by commas',
  });

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return namedNetworks.has(text);
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
