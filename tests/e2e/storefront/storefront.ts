/** A client of the shop. Implemented for REST and GraphQL, so that a test runs against both. */
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
  /** Completes a simulated authentication of the customer. */
  authenticate(token: string, clientSecret: string, outcome: 'SUCCEEDED' | 'FAILED'): Promise<Outcome<void>>;
  cancelOrder(token: string, orderId: string): Promise<Outcome<Order>>;
  order(token: string, orderId: string): Promise<Outcome<Order>>;
  orders(token: string): Promise<Outcome<Order[]>>;
}

/** The result of a request. `code` is a public error code, the same in both APIs. */
export type Outcome<T> = { ok: true; value: T; replayed: boolean } | Failure;

export interface Failure {
  ok: false;
  code: string;
  /** The problem in the format of the API, with its details (shortages, order, payment). */
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

/** @throws Error if the request failed */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`request failed with ${outcome.code}: ${JSON.stringify(outcome.problem)}`);
  return outcome.value;
}
