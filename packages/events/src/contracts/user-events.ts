import { z } from 'zod';
import type { CloudEvent } from './cloud-event';

/** An account was made; the subject is the user. Who needs the email asks the user subgraph. */
const registered = z.object({
  userId: z.uuid(),
  role: z.enum(['CUSTOMER', 'ADMIN']),
  createdAt: z.iso.datetime(),
});

/** Shapes of the data of the events of the subgraph user. */
export const userEventData = { 'user.registered': registered };

export type UserRegistered = CloudEvent<'user.registered', z.infer<typeof registered>>;
export type UserEvent = UserRegistered;
