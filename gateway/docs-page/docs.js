// Shows /openapi.json and lets one try each operation with the access token given above.
const api = await (await fetch('/openapi.json')).json();

function element(name, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(name), attributes);
  node.append(...children);
  return node;
}

function field(name, hint, control = 'input') {
  const input = element(control, { name, title: hint ?? '' });
  return element('label', {}, `${name}${hint ? `: ${hint}` : ''}`, input);
}

function resolve(schema) {
  return schema.$ref ? api.components.schemas[schema.$ref.split('/').pop()] : schema;
}

function example(reference) {
  const schema = resolve(reference);
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return example(schema.anyOf[0]);
  if (schema.type === 'array') return [example(schema.items)];
  if (schema.type === 'integer') return 1;
  if (schema.type !== 'object') return '';
  const names = Object.keys(schema.properties).filter(
    (name) => schema.required?.includes(name) || schema.oneOf?.[0].required.includes(name),
  );
  return Object.fromEntries(names.map((name) => [name, example(schema.properties[name])]));
}

/** Media type and schema of a request body; a body of any bytes has no schema. */
function bodyContent(operation) {
  const content = operation.requestBody?.content;
  if (!content) return undefined;
  const mediaType = 'application/json' in content ? 'application/json' : Object.keys(content)[0];
  return { mediaType, schema: content[mediaType].schema };
}

function bodyField(operation) {
  const content = bodyContent(operation);
  if (!content) return [];
  const { mediaType, schema } = content;
  const label = field('body', mediaType === 'application/json' ? undefined : mediaType, 'textarea');
  label.lastChild.rows = 6;
  if (schema) label.lastChild.value = JSON.stringify(example(schema), null, 2);
  return [label];
}

function buildRequest(path, method, operation, values) {
  const query = new URLSearchParams();
  const headers = {};
  let address = path;
  for (const { name, in: place } of operation.parameters ?? []) {
    const value = values.get(name);
    if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(value));
    else if (value && place === 'query') query.set(name, value);
    else if (value) headers[name] = value;
  }
  const token = document.getElementById('token').value;
  if (token) headers.authorization = `Bearer ${token}`;
  const body = values.get('body') || undefined;
  if (body) {
    const { mediaType } = bodyContent(operation);
    headers['content-type'] = mediaType.includes('*') ? 'application/octet-stream' : mediaType;
  }
  return [query.size > 0 ? `${address}?${query}` : address, { method: method.toUpperCase(), headers, body }];
}

async function send(url, options, output) {
  output.textContent = '…';
  const answer = await fetch(url, options);
  const text = await answer.text();
  const shown = answer.headers.get('content-type')?.includes('json')
    ? JSON.stringify(JSON.parse(text), null, 2)
    : text;
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  output.textContent = `${options.method} ${url}\n${answer.status} ${answer.statusText}\n${headers}\n\n${shown}`;
}

function showOperation(path, method, operation) {
  const fields = (operation.parameters ?? []).map(({ name, description }) => field(name, description));
  const form = element('form', {}, ...fields, ...bodyField(operation), element('button', {}, 'Send'));
  const output = element('pre');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const [url, options] = buildRequest(path, method, operation, new FormData(form));
    void send(url, options, output).catch((error) => (output.textContent = String(error)));
  });
  const answers = Object.entries(operation.responses).map(([status, { description }]) =>
    element('li', {}, `${status}: ${description}`),
  );
  return element(
    'details',
    { id: operation.operationId },
    element(
      'summary',
      {},
      element('span', { className: 'method' }, method.toUpperCase()),
      element('code', {}, path),
      ` ${operation.summary}`,
    ),
    element('p', {}, operation.description),
    element('ul', {}, ...answers),
    form,
    output,
  );
}

document.getElementById('overview').textContent = api.info.description;
for (const { name: tag } of api.tags) {
  const shown = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => showOperation(path, method, operation)),
  );
  document.getElementById('operations').append(element('h2', {}, tag), ...shown);
}
for (const [code, { status, title, meaning }] of Object.entries(api['x-problem-codes'])) {
  const row = [
    element('td', {}, element('code', {}, code)),
    element('td', {}, String(status)),
    element('td', {}, `${title}. ${meaning}`),
  ];
  document.getElementById('problems').append(element('tr', { id: code }, ...row));
}
// The browser looks for the fragment before the rows exist.
document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: 'center' });
