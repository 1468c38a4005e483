import winston from 'winston';

export const redacted = '[redacted]';

/** A field is secret or personal if its name contains one of these words. */
const deniedWords: ReadonlySet<string> = new Set([
  ...['password', 'passwd', 'pwd', 'passphrase', 'secret', 'token', 'tokens', 'authorization'],
  ...['cookie', 'cookies', 'credential', 'credentials', 'signature', 'apikey', 'privatekey'],
  ...['card', 'cvc', 'cvv', 'pan', 'iban', 'email', 'emails', 'phone'],
]);

/** `tokenId` and `secretCreatedAt` are about a secret and do not contain it. */
const harmlessEndings: ReadonlySet<string> = new Set(['id', 'ids', 'kid', 'type', 'count', 'at', 'ms']);

/** Field names are constants of the code, except keys of nested data; so the cache is bounded. */
const maximumNames = 1_000;
const isDeniedByName = new Map<string, boolean>();

function isDenied(name: string): boolean {
  const known = isDeniedByName.get(name);
  if (known !== undefined) return known;
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\b(api|private)[ _-]key\b/g, '$1key')
    .split(/[^a-z\d]+/);
  const denied = words.some((word) => deniedWords.has(word)) && !harmlessEndings.has(words.at(-1)!);
  if (isDeniedByName.size < maximumNames) isDeniedByName.set(name, denied);
  return denied;
}

/** One search finds strings without any secret, which are nearly all. */
const suspicious =
  /eyJ|[sprk]k_(?:live|test)_|whsec_|_secret_|@|bearer |PRIVATE KEY|passw|(?:token|secret)"?\s?[=:]/i;

/** Linear patterns, because strings may be long and come from clients. */
const secrets: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, redacted],
  [/\bBearer +[\w.~+/=-]+/gi, `Bearer ${redacted}`],
  // JSON Web Tokens: a header {"… in base64url.
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, redacted],
  // Stripe's secret, restricted and publishable keys, webhook secrets and client secrets.
  [/\b(?:[srp]k_(?:live|test)|whsec)_\w+/g, redacted],
  [/\b((?:pi|seti|cs)_[A-Za-z\d]+_secret)_\w+/g, `$1_${redacted}`],
  // User name and password of a URL, for example of a database.
  [/\b([a-z][a-z\d+.-]{1,20}:\/\/)[^\s/:@"']*:[^\s/"']*@/gi, `$1${redacted}@`],
  [/\b(\w{0,20}(?:passw(?:or)?d|token|secret)"\s?:\s?")(?:[^"\\]|\\.)*/gi, `$1${redacted}`],
  [/\b(\w{0,20}(?:passw(?:or)?d|token|secret)\s?[=:]\s?)[^\s"&,;}]+/gi, `$1${redacted}`],
  // Not the user name of a URL.
  [/(?<![/\w.+-])[\w.+-]{1,64}@[A-Za-z\d-]{1,63}(?:\.[A-Za-z\d-]{1,63})+/g, redacted],
];

/** Replaces secrets and email addresses inside a text. */
export function maskText(text: string): string {
  if (!suspicious.test(text)) return text;
  return secrets.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

/** Fields of log entries are flat, except errors with their causes. */
const maximumDepth = 8;

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maximumDepth) return '[nested]';
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return redactValue((value.toJSON as () => unknown)(), depth + 1);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, redactField(name, inner, depth + 1)]),
  );
}

function redactField(name: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  return isDenied(name) ? redacted : redactValue(value, depth);
}

/** Set by the logger itself. */
const ownFields: ReadonlySet<string> = new Set(['level', 'timestamp', 'service', 'version']);

/**
 * The last line of defence: replaces fields whose name says that they are secret or personal
 * (`password`, `refreshToken`, `email`), and masks tokens, keys, passwords in URLs and email
 * addresses inside texts. What is passed to the logger is not changed.
 */
export const redaction = winston.format((info) => {
  for (const [name, value] of Object.entries(info))
    if (!ownFields.has(name)) info[name] = redactField(name, value, 0);
  return info;
});
