import type { Dashboard, Panel } from '../model/dashboard';
import { events } from './events';
import { gateway } from './gateway';
import { postgres } from './postgres';
import { service } from './service';
import { shop } from './shop';

export const dashboards: readonly Dashboard[] = [shop, gateway, service, events, postgres];

export const panelsOf = ({ rows }: Dashboard): Panel[] => rows.flatMap(({ panels }) => panels);
