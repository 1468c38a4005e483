/**
 * The nested parameters of a request: `metadata[order_id]=…` is `{ metadata: { order_id: … } }`.
 */
export type Form = { [name: string]: string | Form };

/** https://docs.stripe.com/api: bodies are form-encoded, and so are the queries of GETs. */
export function parseForm(encoded: string): Form {
  const form: Form = {};
  for (const [path, value] of new URLSearchParams(encoded)) {
    const names = path.replaceAll(']', '').split('[');
    const last = names.pop()!;
    let place = form;
    for (const name of names) place = (place[name] ??= {}) as Form;
    place[last] = value;
  }
  return form;
}

export const textOf = (form: Form, name: string): string | undefined => {
  const value = form[name];
  return typeof value === 'string' ? value : undefined;
};

export const fieldsOf = (form: Form, name: string): Record<string, string> => {
  const value = form[name];
  return typeof value === 'object' ? (value as Record<string, string>) : {};
};
