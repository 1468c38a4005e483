import { z } from 'zod';

/** Minor units, up to 2^53-1. */
export const cents = z.int().nonnegative();

/** ISO 4217. */
export const currency = z.string().regex(/^[A-Z]{3}$/);
