import type { RawResponse, RawRequest } from './raw-client';
import type { TestData } from './text-input';

export interface TableData extends TestData {
  expiredToken: string;
  /** Has the kid of the signing key, and is signed with another key. */
  forgedToken: string;
  /** An order of another customer, and the ID of that customer. */
  foreignOrderId: string;
  foreignUserId: string;
}

export type Sender = 'admin' | 'customer' | 'anonymous';

export const tokenOf = (sender: Sender, { adminToken, customerToken }: TableData) =>
  ({ admin: adminToken, customer: customerToken, anonymous: undefined })[sender];

/** PostgreSQL stores neither NUL nor lone surrogates. */
export const invalidTexts = ['a\0b', '\ud800'];

/** Valid text that is dangerous where it is not escaped. */
export const validNaughtyTexts = [
  "'; DROP TABLE products; --",
  '<script>alert(1)</script>',
  '\u202eevil\u202c',
  'one\r\nSet-Cookie: a=b',
];

/** A request and the expected response. */
export interface Row {
  title: string;
  request: (data: TableData) => RawRequest;
  status: number;
  /** The result of `outcomeOf`. */
  outcome: string;
  /** A header that the response must have. */
  header?: [name: string, value: string];
}

/** Rows by class of bad input. */
export type Table = Record<string, readonly Row[]>;

interface Body {
  code?: string;
  errors?: { extensions?: { code?: string } }[];
  data?: Record<string, { __typename?: string } | boolean | null>;
}

/** The code of the problem or first error; else the type or value of the first field. */
export function outcomeOf({ headers, text }: RawResponse): string {
  if (!headers['content-type']?.includes('json')) return text;
  const { code, errors, data } = JSON.parse(text) as Body;
  if (code) return code;
  if (errors?.[0]) return errors[0].extensions?.code ?? 'an error without a code';
  if (!data) return 'success';
  const [field] = Object.values(data);
  if (typeof field !== 'object' || field === null) return String(field);
  return field.__typename ?? 'a value';
}
