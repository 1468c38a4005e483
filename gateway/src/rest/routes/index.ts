import type { DocumentedRoute, Route } from '../http/route';
import { authRoutes } from './auth';
import { checkoutRoutes } from './checkout';
import { meRoutes } from './me';
import { orderRoutes } from './orders';
import { simulatorRoutes, webhookRoute } from './payments';
import { productRoutes } from './products';
import { productAdminRoutes } from './products-admin';

/** The routes that run operations of the graph. */
export const routes: readonly Route[] = [
  ...authRoutes,
  ...meRoutes,
  ...productRoutes,
  ...productAdminRoutes,
  ...checkoutRoutes,
  ...orderRoutes,
  ...simulatorRoutes,
];

/** The whole REST facade, in the order of the OpenAPI document. */
export const documentedRoutes: readonly DocumentedRoute[] = [...routes, webhookRoute];
