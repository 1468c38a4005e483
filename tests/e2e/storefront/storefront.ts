/** The shop as a customer's program sees it, whichever door it comes in by. Every behaviour is tested through both. */
export interface Storefront {
  readonly api: 'REST' | 'GraphQL';
  register(credentials: Credentials): Promise<Outcome<Session>>;
  login(credentials: Credentials): Promise<Outcome<Session>>;
  refresh(refreshToken: string): Promise<Outcome<Session>>;
  me(token: string | undefined): Promise<Outcome<{ id: string; email: string }>>;
  listProducts(search: { search?: string; limit?: number }): Promise<Outcome<Product[]>>;
  product(id: string): Promise<Outcome<Product>>;
  createProduct(token: string, product: NewProduct): Promise<Outcome<Product>>;
  placeOrder(token: string | undefined, lines: Line[], key?: string): Promise<Outcome<Order>>;
  payOrder(token: string, orderId: string, method?: string, key?: string): Promise<Outcome<Paid>>;
  /** Ends a simulated authentication as the customer would. */
  authenticate(token: string, clientSecret: string, end: 'SUCCEEDED' | 'FAILED'): Promise<Outcome<void>>;
  cancelOrder(token: string, orderId: string): Promise<Outcome<Order>>;
  order(token: string, orderId: string): Promise<Outcome<Order>>;
  orders(token: string): Promise<Outcome<Order[]>>;
}

/** What came of a request. `code` is one of the error registry's, whichever door. */
export type Outcome<T> = { ok: true; value: T; replayed: boolean } | Refusal;

export interface Refusal {
  ok: false;
  code: string;
  /** The problem as this door shows it, with what belongs to it (shortages, order, payment). */
  problem: Record<string, unknown>;
}

export interface Credentials {
  email: string;
  password: string;
}

export interface Session {
  userId: string;
  accessToken: string;
  refreshToken: string;
}

export interface Product {
  id: string;
  sku: string;
  name: string;
  priceCents: number;
  currency: string;
  stock: number;
}

export type NewProduct = Omit<Product, 'id'>;

export interface Line {
  productId: string;
  quantity: number;
}

export interface Order {
  id: string;
  status: 'PENDING' | 'CONFIRMED' | 'CANCELLED';
  totalCents: number;
  currency: string;
  cancelReason: string | null;
  expiresAt: string | null;
  items: { productId: string; sku: string; quantity: number; priceCents: number }[];
  payments: { status: string; amountCents: number }[];
}

export interface Paid {
  order: Order;
  payment: { id: string; status: string; amountCents: number; nextAction: NextAction | null };
}

export interface NextAction {
  type: string;
  clientSecret: string;
  redirectUrl: string | null;
}

/** @throws Error showing the refusal, for steps that a test takes for granted */
export function granted<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`refused with ${outcome.code}: ${JSON.stringify(outcome.problem)}`);
  return outcome.value;
}
